"""The container as it is written: entries in order, headers completed, and taken out again."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest

from proctor_desktop.core.chain import digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export import container
from proctor_desktop.export.container_writer import ContainerWriter


def test_what_is_added_can_be_read_by_any_zip_reader() -> None:
    file = io.BytesIO()
    writer = ContainerWriter(file)
    line = writer.add("records.jsonl", [b"in ", b"pieces"])
    size_bytes = writer.finish()
    assert (line.name, line.size, line.sha256) == ("records.jsonl", 9, digest(b"in pieces"))
    assert size_bytes == len(file.getvalue())
    with ZipFile(file) as archive:
        assert archive.read("records.jsonl") == b"in pieces"


def test_an_entry_can_be_taken_out_again() -> None:
    file = io.BytesIO()
    writer = ContainerWriter(file)
    writer.add("records.jsonl", [b"kept"])
    offset = writer.position()
    writer.add(f"blobs/{'0' * 64}", [b"half of a file"])
    writer.cut_back(offset)
    writer.add("manifest.dsse", [b"{}"])
    writer.finish()
    with ZipFile(file) as archive:
        assert archive.namelist() == ["records.jsonl", "manifest.dsse"]
        assert archive.testzip() is None


def test_more_entries_than_the_format_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_ENTRIES", 1)
    writer = ContainerWriter(io.BytesIO())
    writer.add("records.jsonl", [b"one"])
    writer.add("exam.dsse", [b"two"])
    with pytest.raises(EnvironmentProblem, match="more than 1 files"):
        writer.finish()
