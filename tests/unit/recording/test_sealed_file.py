"""A segment's file that only the exam's keys can open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proctor_desktop.recording.sealed_file import SealedFile
from proctor_desktop.recording.segment_file import SegmentFile
from proctor_desktop.wire.seal import Recipients
from proctor_desktop.wire.unseal import BadSeal, Extent, extent, open_sealed

KEY, ESCROW = X25519PrivateKey.generate(), X25519PrivateKey.generate()
TO = Recipients(
    "a session", tuple(key.public_key().public_bytes_raw().hex() for key in (KEY, ESCROW))
)


def sealed_file(path: Path) -> SealedFile:
    return SealedFile(SegmentFile(path), TO, {"started": "now"})


def extent_of(path: Path) -> Extent:
    with path.open("rb") as file:
        return extent(file)


def test_each_picture_is_a_chunk_and_either_key_opens_all(tmp_path: Path) -> None:
    path = tmp_path / "a.part"
    file = sealed_file(path)
    for number in range(3):
        file.write(b"first half ")
        file.write(b"second half ")
        file.end_picture(number * 1000)
    file.write(b"end")
    file.finish(3000)
    file.close()
    for key in (KEY, ESCROW):
        opened = open_sealed(path.read_bytes(), [key])
        assert opened.complete
        assert opened.content == b"first half second half " * 3 + b"end"
        assert opened.digest == file.seals
    assert extent_of(path).times_ms == (0, 1000, 2000, 3000)
    assert extent_of(path).header.about == {"started": "now"}


def test_what_was_not_ended_never_reaches_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.part"
    file = sealed_file(path)
    file.write(b"a picture")
    file.end_picture(0)
    before = path.read_bytes()
    file.write(b"half of the next")
    assert file.size_bytes == len(before) + len(b"half of the next")
    file.close()
    assert path.read_bytes() == before
    opened = open_sealed(before, [KEY])
    assert (opened.content, opened.complete, file.seals) == (b"a picture", False, "")


def test_nothing_is_readable_in_it(tmp_path: Path) -> None:
    file = sealed_file(tmp_path / "a.part")
    file.write(b"a face")
    file.finish(0)
    file.close()
    assert b"a face" not in (tmp_path / "a.part").read_bytes()
    with pytest.raises(BadSeal):
        open_sealed((tmp_path / "a.part").read_bytes(), [X25519PrivateKey.generate()])


def test_a_broken_disk_is_told_and_leaves_whole_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.part"
    file = sealed_file(path)
    file.write(b"a picture")
    file.end_picture(0)
    real = os.write

    def half(handle: int, data: bytes) -> int:
        if len(data) > 100:
            return real(handle, data[:100])
        raise OSError(28, "full")

    monkeypatch.setattr(os, "write", half)
    file.write(bytes(500))
    file.end_picture(1000)
    monkeypatch.undo()
    assert file.failure is not None
    assert extent_of(path).times_ms == (0,)
    assert extent_of(path).end_bytes == path.stat().st_size
    file.close()
