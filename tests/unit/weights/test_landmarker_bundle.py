from __future__ import annotations

import io
import zipfile

import pytest

from proctor_desktop.weights.landmarker_bundle import pack

ENTRIES = {"b.tflite": b"second", "a.tflite": b"first" * 7, "long name.tflite": b"third"}


def test_the_bytes_depend_on_the_content_alone() -> None:
    assert pack(ENTRIES) == pack(dict(reversed(ENTRIES.items())))


def test_entries_are_stored_sorted_and_whole() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(ENTRIES))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(ENTRIES)
        assert {name: archive.read(name) for name in archive.namelist()} == ENTRIES
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


@pytest.mark.parametrize("content", ENTRIES.values())
def test_every_entry_begins_at_a_sixteen_byte_boundary(content: bytes) -> None:
    assert pack(ENTRIES).index(content) % 16 == 0
