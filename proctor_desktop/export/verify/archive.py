"""Reading the container in place, believing nothing in it.

The directory is read once. Every header, every position and the very end of the file must be the
ones that the format's writer would have produced; then entries are streamed from where they stand.
"""

from __future__ import annotations

import hashlib
import io
import threading
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from proctor_desktop.export import container
from proctor_desktop.export.container import END, Entry
from proctor_desktop.export.verdict import printable
from proctor_desktop.export.verify.findings import Invalid

_PIECE_BYTES = 1024 * 1024
_MAX_DIRECTORY_BYTES = container.MAX_ENTRIES * (container.CENTRAL_BYTES + container.MAX_NAME_BYTES)


class Archive:
    """A container whose structure has been checked; raises Invalid when it does not hold.

    ``file`` must be seekable and stay open for as long as entries are read; threads may share it.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._turn = file, threading.Lock()
        self.size_bytes = file.seek(0, io.SEEK_END)
        start, directory, count = self._directory()
        self.entries: dict[str, Entry] = {}
        offset = 0
        for entry in _entries(directory, count):
            self._place(entry, offset)
            self.entries[entry.name] = entry
            offset = entry.end_bytes
        if offset != start:
            raise Invalid("there are bytes between the last entry and the directory")

    def pieces(self, entry: Entry) -> Iterator[bytes]:
        """The entry's bytes in order, in pieces; raises Invalid if their CRC is not the entry's."""
        position, left, crc = entry.data_offset_bytes, entry.size_bytes, 0
        while left:
            piece = self._read_at(position, min(left, _PIECE_BYTES))
            crc = zlib.crc32(piece, crc)
            position, left = position + len(piece), left - len(piece)
            yield piece
        if crc != entry.crc32:
            raise Invalid(f"{entry.name}: its bytes do not have the checksum in its header")

    def read(self, entry: Entry, limit_bytes: int) -> bytes:
        """All of a small entry's bytes; raises Invalid above ``limit_bytes``."""
        if entry.size_bytes > limit_bytes:
            raise Invalid(f"{entry.name}: larger than the {limit_bytes} bytes that it may have")
        return b"".join(self.pieces(entry))

    def beginning(self, entry: Entry, limit_bytes: int) -> bytes:
        """At most so many of an entry's first bytes, whatever its checksum."""
        return self._read_at(entry.data_offset_bytes, min(limit_bytes, entry.size_bytes))

    def sha256(self, entry: Entry) -> str:
        """The hash of the entry's bytes, read in pieces."""
        digest = hashlib.sha256()
        for piece in self.pieces(entry):
            digest.update(piece)
        return digest.hexdigest()

    def _directory(self) -> tuple[int, bytes, int]:
        if not END.size <= self.size_bytes <= container.MAX_FILE_BYTES:
            raise Invalid("the file is too small or too large to be an evidence export")
        end = self._read_at(self.size_bytes - END.size, END.size)
        count, length, start = END.unpack(end)[4:7]
        if end != container.end_record(count, length, start):
            raise Invalid("its end is not that of an evidence export: cut off, or added to")
        if start + length + END.size != self.size_bytes:
            raise Invalid("its directory does not reach from the last entry to the file's end")
        if count > container.MAX_ENTRIES or length > _MAX_DIRECTORY_BYTES:
            raise Invalid("its directory is larger than an evidence export may have")
        return start, self._read_at(start, length), count

    def _place(self, entry: Entry, offset: int) -> None:
        """Check that ``entry`` stands at ``offset``, with its one header and in its one order."""
        place, last = container.place(entry.name), next(reversed(self.entries), None)
        if place is None:
            raise Invalid(f"{entry.name!r} is not a name that the format knows")
        if last is not None and (container.place(last) or place) >= place:
            raise Invalid(f"{entry.name} stands twice or out of order")
        if entry.offset_bytes != offset:
            raise Invalid(f"{entry.name}: it overlaps another entry or leaves a hole")
        header = container.local_header(entry)
        if self._read_at(offset, len(header)) != header:
            raise Invalid(f"{entry.name}: the header before it differs from the directory")

    def _read_at(self, offset: int, length: int) -> bytes:
        with self._turn:
            self._file.seek(offset)
            data = self._file.read(length)
        if len(data) != length:
            raise Invalid("the file ends in the middle of an entry")
        return data


def _entries(directory: bytes, count: int) -> Iterator[Entry]:
    position, longest = 0, container.CENTRAL_BYTES + container.MAX_NAME_BYTES
    for _ in range(count):
        entry = _entry(directory[position : position + longest])
        position += container.CENTRAL_BYTES + len(entry.name)
        yield entry
    if position != len(directory):
        raise Invalid("its directory holds more than its entries")


def _entry(stated: bytes) -> Entry:
    """The entry that the directory states at the start of ``stated``."""
    if len(stated) < container.CENTRAL_BYTES:
        raise Invalid("its directory is cut off")
    flags, method, crc32, size_bytes, name_bytes, offset = container.read_central(stated)
    name = stated[container.CENTRAL_BYTES :][:name_bytes]
    if name_bytes > container.MAX_NAME_BYTES or not name.isascii():
        raise Invalid(f"an entry has an odd name: {printable(repr(name))}")
    if flags or method:
        raise Invalid(f"{name!r}: it is compressed, encrypted or flagged; evidence never is")
    entry = Entry(name.decode("ascii"), size_bytes, crc32, offset)
    if not stated.startswith(container.central_header(entry)):
        raise Invalid(f"{name!r}: its directory entry is not of this format")
    return entry
