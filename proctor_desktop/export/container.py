"""The ``.evidence`` container: a ZIP of which every header byte follows from four figures.

Entries are stored, never compressed, and stand without holes from the first byte to the directory.
Name, size, CRC and offset decide all of a header, so a reader does not interpret headers: it builds
the only ones that may stand there and compares. Flags, extra fields, comments, links, encryption
and ZIP64 therefore have nowhere to hide. Any unzip program can still list the file.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

RECORDS = "records.jsonl"
EXAM = "exam.dsse"
MANIFEST = "manifest.dsse"
CHECKPOINTS = "checkpoints/"
RECEIPTS = "receipts/"
BLOBS = "blobs/"
_ORDER = (
    RECORDS.replace(".", r"\."),
    CHECKPOINTS + r"\d{10}\.dsse",
    RECEIPTS + r"\d{10}\.dsse",
    EXAM.replace(".", r"\."),
    BLOBS + "[0-9a-f]{64}",
    MANIFEST.replace(".", r"\."),
)
_GRAMMAR = tuple(re.compile(pattern, re.ASCII) for pattern in _ORDER)

MAX_FILE_BYTES = 0xFFFF_FFFE
MAX_ENTRIES = 60_000
MAX_NAME_BYTES = len(BLOBS) + 64

# Version needed 2.0, no flags, stored, midnight of 1 January 1980; then CRC, size twice, name size.
_SHARED = struct.Struct("<5H3L2H")
_FIXED = (20, 0, 0, 0, 1 << 5 | 1)
_LOCAL_MAGIC = b"PK\x03\x04"
_CENTRAL_MAGIC = b"PK\x01\x02" + struct.pack("<H", 3 << 8 | 20)  # made by: Unix, version 2.0
_CENTRAL_TAIL = struct.Struct("<3H2L")  # no comment, disk 0, no hints; attributes, offset
_PRIVATE_FILE = 0o100600 << 16
LOCAL_BYTES = len(_LOCAL_MAGIC) + _SHARED.size
CENTRAL_BYTES = len(_CENTRAL_MAGIC) + _SHARED.size + _CENTRAL_TAIL.size
END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the container; ``offset_bytes`` is where its local header starts."""

    name: str
    size_bytes: int
    crc32: int
    offset_bytes: int

    @property
    def data_offset_bytes(self) -> int:
        """Where the file's own bytes start."""
        return self.offset_bytes + LOCAL_BYTES + len(self.name)

    @property
    def end_bytes(self) -> int:
        """The first byte after it: where the next entry starts."""
        return self.data_offset_bytes + self.size_bytes


def envelope_name(folder: str, seq: int) -> str:
    """The name of the checkpoint or receipt over the records up to ``seq``."""
    return f"{folder}{seq:010d}.dsse"


def seq_of(name: str) -> int:
    """The inverse of :func:`envelope_name`."""
    return int(name.partition("/")[2].removesuffix(".dsse"))


def place(name: str) -> tuple[int, str] | None:
    """Where ``name`` stands in the container's one order; None if the format has no such name."""
    groups = (group for group, pattern in enumerate(_GRAMMAR) if pattern.fullmatch(name))
    group = next(groups, None)
    return None if group is None else (group, name)


def local_header(entry: Entry) -> bytes:
    """The only local header that ``entry`` may have."""
    return _LOCAL_MAGIC + _shared(entry) + entry.name.encode("ascii")


def central_header(entry: Entry) -> bytes:
    """The only directory header that ``entry`` may have."""
    tail = _CENTRAL_TAIL.pack(0, 0, 0, _PRIVATE_FILE, entry.offset_bytes)
    return _CENTRAL_MAGIC + _shared(entry) + tail + entry.name.encode("ascii")


def end_record(entries: int, directory_bytes: int, directory_offset_bytes: int) -> bytes:
    """The only end record that a container with this directory may have."""
    counts = (0, 0, entries, entries, directory_bytes, directory_offset_bytes, 0)
    return END.pack(b"PK\x05\x06", *counts)


def read_central(header: bytes) -> tuple[int, int, int, int, int, int]:
    """Flags, method, CRC, size, name size and offset that a directory header *states*."""
    shared = _SHARED.unpack_from(header, len(_CENTRAL_MAGIC))
    *_, offset = _CENTRAL_TAIL.unpack_from(header, len(_CENTRAL_MAGIC) + _SHARED.size)
    return shared[1], shared[2], shared[5], shared[6], shared[8], offset


def _shared(entry: Entry) -> bytes:
    size = entry.size_bytes
    return _SHARED.pack(*_FIXED, entry.crc32, size, size, len(entry.name), 0)
