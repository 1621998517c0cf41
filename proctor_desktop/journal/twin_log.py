"""A second copy of the evidence beside the database, in the plainest form there is.

``records.log`` only grows. What one transaction adds is one frame, on the disk before the database
commits, so that the twin is never behind what was acknowledged:

    "PDTL" | length: u32 | records: u64 | checkpoints: u64 | crc32: u32 | lines      big-endian
    line = { kind: u8, seq: u64, stamp_ns: u64, length: u32, content }

A frame stands behind ``records`` records and behind the checkpoint of record ``checkpoints``:
whatever earlier frames hold beyond those is void. So a number that is given twice, because the
first transaction was never committed, is settled by the order in the file, and a frame without
lines takes back the one before it.

A file is read up to its first frame that is not whole, and nothing is ever appended behind such a
one: a writer that finds a torn end, or that is refused, goes on in ``records-2.log`` and so on. The
files are read in that order, as one. On a full disk the next file is a piece of the reserve, zeros
that are overwritten from the beginning: zeros up to the end of a file are no torn end.
"""

from __future__ import annotations

import mmap
import os
import re
import struct
import zlib
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO, NamedTuple

from proctor_desktop.hosts.durability import FULL, sync, sync_folder, write_all
from proctor_desktop.journal import reserve

_MAGIC = b"PDTL"
_FRAME = struct.Struct(">4sLQQL")
_LINE = struct.Struct(">BQQL")
_NAME = re.compile(r"records(?:-([1-9][0-9]*))?\.log")
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_END = os.O_WRONLY | getattr(os, "O_BINARY", 0)


class Kind(IntEnum):
    """What a line holds."""

    RECORD = 1
    CHECKPOINT = 2
    RECEIPT = 3


_KINDS = {int(kind): kind for kind in Kind}


class Line(NamedTuple):
    """A record, checkpoint or receipt; ``stamp_ns`` is when it was written or received."""

    kind: Kind
    seq: int
    stamp_ns: int
    content: bytes


class Extent(NamedTuple):
    """How far a log goes: the last record's number and that of the last one with a checkpoint."""

    records: int = 0
    checkpoints: int = 0


class _Place(NamedTuple):
    """Where a line's content is."""

    path: Path
    offset: int
    length: int
    stamp_ns: int

    def content(self, file: BinaryIO) -> bytes:
        """What stands there."""
        file.seek(self.offset)
        return file.read(self.length)


@dataclass(slots=True)
class Twin:
    """What the files hold once everything void is left out.

    ``end`` is the file to go on in and its length, or None if a new one has to be begun; ``number``
    is that of the last file, 0 where there is none.
    """

    records: list[_Place] = field(default_factory=list)
    checkpoints: dict[int, _Place] = field(default_factory=dict)
    receipts: dict[int, _Place] = field(default_factory=dict)
    number: int = 0
    end: tuple[Path, int] | None = None

    @property
    def extent(self) -> Extent:
        """How far it goes."""
        return Extent(len(self.records), max(self.checkpoints, default=0))

    def lines(self, after_seq: int = 0) -> Iterator[Line]:
        """The records behind ``after_seq``, then the checkpoints and the receipts there."""
        return _lines(self._behind(after_seq))

    def receipts_but(self, known: Container[int]) -> Iterator[Line]:
        """The receipts whose numbers are not ``known``."""
        places = self.receipts.items()
        return _lines((Kind.RECEIPT, seq, place) for seq, place in places if seq not in known)

    def record(self, seq: int) -> bytes:
        """The bytes of a record that is in it."""
        place = self.records[seq - 1]
        with place.path.open("rb") as file:
            return place.content(file)

    def _behind(self, after_seq: int) -> Iterator[tuple[Kind, int, _Place]]:
        for seq, place in enumerate(self.records[after_seq:], after_seq + 1):
            yield Kind.RECORD, seq, place
        for kind, places in (
            (Kind.CHECKPOINT, self.checkpoints),
            (Kind.RECEIPT, self.receipts),
        ):
            for seq, place in places.items():
                if seq > after_seq:
                    yield kind, seq, place

    def _take(self, behind: Extent, lines: Iterable[tuple[Kind, int, _Place]]) -> None:
        records = self.records
        del records[behind.records :]
        _cut(self.checkpoints, behind.checkpoints)
        _cut(self.receipts, behind.records)
        for kind, seq, place in lines:
            if kind is not Kind.RECORD:
                (self.checkpoints if kind is Kind.CHECKPOINT else self.receipts)[seq] = place
            elif seq == len(records) + 1:  # else a stretch before it is missing
                records.append(place)


def files(folder: Path) -> list[tuple[int, Path]]:
    """The twin's files in their order, each with its number."""
    found = ((_NAME.fullmatch(path.name), path) for path in folder.iterdir())
    return sorted((int(match[1] or 1), path) for match, path in found if match)


def read(folder: Path) -> Twin:
    """What the twin in ``folder`` holds; raises OSError for a file that cannot be read."""
    twin = Twin()
    for number, path in files(folder):
        whole, torn = _read_file(path, twin)
        twin.number = number
        twin.end = None if torn else (path, whole)
    return twin


def unread(folder: Path) -> Twin:
    """A twin whose files cannot be read: it goes on in a new one, from the first record on."""
    return Twin(number=max((number for number, _ in files(folder)), default=0))


def _read_file(path: Path, twin: Twin) -> tuple[int, bool]:
    """Take up a file's frames; how many bytes of it are whole ones, and if more was begun."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if not size:
            return 0, False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            whole = _read_frames(path, content, size, twin)
            return whole, not reserve.is_zeros(content[whole:])


def _read_frames(path: Path, content: mmap.mmap, size: int, twin: Twin) -> int:
    at = 0
    while at + _FRAME.size <= size:
        magic, length, records, checkpoints, crc = _FRAME.unpack_from(content, at)
        end = at + _FRAME.size + length
        if magic != _MAGIC or end > size or crc != _crc(content[at:end]):
            break
        twin._take(Extent(records, checkpoints), _places(path, content, at + _FRAME.size, end))
        at = end
    return at


def _places(
    path: Path, content: mmap.mmap, at: int, end: int
) -> Iterator[tuple[Kind, int, _Place]]:
    while at < end:
        kind, seq, stamp_ns, length = _LINE.unpack_from(content, at)
        at += _LINE.size
        yield _KINDS[kind], seq, _Place(path, at, length, stamp_ns)
        at += length


def _lines(places: Iterable[tuple[Kind, int, _Place]]) -> Iterator[Line]:
    with ExitStack() as opened:
        files: dict[Path, BinaryIO] = {}
        for kind, seq, place in places:
            if place.path not in files:
                files[place.path] = opened.enter_context(place.path.open("rb"))
            yield Line(kind, seq, place.stamp_ns, place.content(files[place.path]))


def _cut(places: dict[int, _Place], last: int) -> None:
    """Remove what stands behind number ``last``; the numbers are in order, so look from the end."""
    for seq in list(takewhile(lambda seq: seq > last, reversed(places))):
        del places[seq]


def _crc(frame: bytes) -> int:
    """Over all of a frame but the place of the sum itself."""
    head = _FRAME.size - 4
    return zlib.crc32(memoryview(frame)[_FRAME.size :], zlib.crc32(memoryview(frame)[:head]))


def _frame(behind: Extent, lines: Sequence[Line]) -> bytes:
    parts = [b""]
    for kind, seq, stamp_ns, content in lines:
        parts += (_LINE.pack(kind, seq, stamp_ns, len(content)), content)
    body = b"".join(parts)
    head = _FRAME.pack(_MAGIC, len(body), *behind, 0)[:-4]
    return head + zlib.crc32(body, zlib.crc32(head)).to_bytes(4, "big") + body


class TwinLog:
    """Appends to the twin of one session; used by one thread."""

    def __init__(self, folder: Path, found: Twin) -> None:
        """Go on behind what was ``found``; nothing is opened before there is something to add."""
        self._folder = folder
        self._number = found.number
        self._end = found.end
        self._descriptor: int | None = None
        self._size = 0
        self._syncing = False

    def append(self, behind: Extent, lines: Sequence[Line]) -> None:
        """Bring a frame to the disk.

        Where a file refuses it, the frame goes into a new one, once; a full disk leaves the file as
        it was, and gives a piece of the reserve for the new one. Raises OSError when the frame is
        not on the disk.
        """
        frame = _frame(behind, lines)
        try:
            if self._descriptor is None:
                self._open()
            self._write(frame)
        except OSError as problem:
            if problem.errno in FULL:
                left_whole = self._cut_back()
                if self._go_on_in_reserve(frame):
                    return
                if left_whole:
                    raise
            self._leave()
            self._begin_with(frame)

    def close(self) -> None:
        """Close the file; what was appended is on the disk already."""
        self._leave()

    def _open(self) -> None:
        if self._end is None:
            self._begin()
        else:
            path, self._size = self._end
            self._descriptor = os.open(path, _END)
            os.lseek(self._descriptor, self._size, os.SEEK_SET)

    def _begin(self) -> None:
        self._number += 1
        self._descriptor, self._size = os.open(self._path(), _NEW, 0o600), 0
        sync_folder(self._folder)

    def _path(self) -> Path:
        name = "records.log" if self._number == 1 else f"records-{self._number}.log"
        return self._folder / name

    def _go_on_in_reserve(self, frame: bytes) -> bool:
        """Write the frame into space that was set aside; False without any."""
        self._number += 1
        try:
            if not reserve.claim(self._folder, reserve.LOG, self._path()):
                self._number -= 1
                return False
        except OSError:  # the number is not used again: nobody knows what has it
            return False
        self._leave()
        try:
            self._end = (self._path(), 0)
            self._open()
            sync_folder(self._folder)
            self._write(frame)
        except OSError:
            self._leave()
            return False
        return True

    def _begin_with(self, frame: bytes) -> None:
        try:
            self._begin()
            self._write(frame)
        except OSError:
            self._leave()
            raise

    def _write(self, frame: bytes) -> None:
        assert self._descriptor is not None  # noqa: S101 - for the type checker
        write_all(self._descriptor, frame)
        self._syncing = True
        sync(self._descriptor)
        self._syncing = False
        self._size += len(frame)

    def _cut_back(self) -> bool:
        """Remove the part of a frame that was written; False when the file is to be left instead.

        One that could not be synced is: nobody knows what of it is on the disk.
        """
        if self._descriptor is None or self._syncing:
            return False
        try:
            os.ftruncate(self._descriptor, self._size)
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
        except OSError:
            return False
        return True

    def _leave(self) -> None:
        """Never write to this file again."""
        descriptor, self._descriptor = self._descriptor, None
        self._end, self._syncing = None, False
        if descriptor is not None:
            with suppress(OSError):  # nothing hangs on it any more
                os.close(descriptor)
