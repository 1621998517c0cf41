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

FORMAT = "proctor-evidence/1"
RECORDS = "records.jsonl"
EXAM = "exam.dsse"
MANIFEST = "manifest.dsse"
CHECKPOINTS = "checkpoints/"
RECEIPTS = "receipts/"
BLOBS = "blobs/"

MAX_FILE_BYTES = 0xFFFF_FFFE
MAX_ENTRIES = 60_000
MAX_NAME_BYTES = len(BLOBS) + 64

_SEQ_DIGITS = 10
_GRAMMAR = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        re.escape(RECORDS),
        rf"{CHECKPOINTS}[0-9]{{{_SEQ_DIGITS}}}\.dsse",
        rf"{RECEIPTS}[0-9]{{{_SEQ_DIGITS}}}\.dsse",
        re.escape(EXAM),
        rf"{BLOBS}[0-9a-f]{{64}}",
        re.escape(MANIFEST),
    )
)

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
_VERSION_NEEDED = 20
_MADE_BY_UNIX = 3 << 8 | _VERSION_NEEDED
_STORED = 0
_FIRST_OF_1980 = 1 << 5 | 1
_PRIVATE_FILE = 0o100600 << 16


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
        return self.offset_bytes + LOCAL.size + len(self.name)

    @property
    def end_bytes(self) -> int:
        """The first byte after it: where the next entry starts."""
        return self.data_offset_bytes + self.size_bytes


def checkpoint_name(seq: int) -> str:
    """The name of the checkpoint over records up to ``seq``."""
    return f"{CHECKPOINTS}{seq:0{_SEQ_DIGITS}d}.dsse"


def receipt_name(seq: int) -> str:
    """The name of the server's receipt for records up to ``seq``."""
    return f"{RECEIPTS}{seq:0{_SEQ_DIGITS}d}.dsse"


def seq_of(name: str) -> int:
    """The sequence number in a checkpoint's or receipt's name."""
    return int(name.partition("/")[2].removesuffix(".dsse"))


def place(name: str) -> tuple[int, str] | None:
    """Where ``name`` stands in the container's one order; None if the format has no such name."""
    for group, pattern in enumerate(_GRAMMAR):
        if pattern.fullmatch(name):
            return group, name
    return None


def local_header(entry: Entry) -> bytes:
    """The only local header that ``entry`` may have."""
    name = entry.name.encode("ascii")
    return (
        LOCAL.pack(
            b"PK\x03\x04",
            _VERSION_NEEDED,
            0,
            _STORED,
            0,
            _FIRST_OF_1980,
            entry.crc32,
            entry.size_bytes,
            entry.size_bytes,
            len(name),
            0,
        )
        + name
    )


def central_header(entry: Entry) -> bytes:
    """The only directory header that ``entry`` may have."""
    name = entry.name.encode("ascii")
    return (
        CENTRAL.pack(
            b"PK\x01\x02",
            _MADE_BY_UNIX,
            _VERSION_NEEDED,
            0,
            _STORED,
            0,
            _FIRST_OF_1980,
            entry.crc32,
            entry.size_bytes,
            entry.size_bytes,
            len(name),
            0,
            0,
            0,
            0,
            _PRIVATE_FILE,
            entry.offset_bytes,
        )
        + name
    )


def end_record(entries: int, directory_bytes: int, directory_offset_bytes: int) -> bytes:
    """The only end record that a container with this directory may have."""
    return END.pack(
        b"PK\x05\x06", 0, 0, entries, entries, directory_bytes, directory_offset_bytes, 0
    )
