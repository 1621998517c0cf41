"""Reading the container: every field of every header by itself."""

from __future__ import annotations

import struct
import zlib

MAX_ENTRIES = 60_000
_FOLDERS = ("records.jsonl", "checkpoints/", "receipts/", "exam.dsse", "blobs/", "manifest.dsse")


class Refused(Exception):
    """This is no genuine export."""


def need(holds: bool, why: str) -> None:
    """Refuse unless ``holds``."""
    if not holds:
        raise Refused(why)


def read(data: bytes) -> dict[str, bytes]:
    """All entries in order."""
    need(22 <= len(data) < 0xFFFF_FFFF, "size")
    magic, disk, start_disk, here, count, length, start, comment = struct.unpack(
        "<IHHHHIIH", data[-22:]
    )
    need((magic, disk, start_disk, comment) == (0x06054B50, 0, 0, 0), "end record")
    need(here == count <= MAX_ENTRIES, "number of entries")
    need(start + length + 22 == len(data), "directory does not reach the end")
    entries: dict[str, bytes] = {}
    at, offset, rank = start, 0, (-1, "")
    for _ in range(count):
        name, crc, size, stated, at = _central(data, at, len(data) - 22)
        need(stated == offset, "hole or overlap")
        need((place := _place(name)) > rank, "order")
        rank = place
        content, offset = _local(data, offset, name, crc, size, start)
        entries[name] = content
    need(at == len(data) - 22, "directory is longer than its entries")
    need(offset == start, "something stands before the directory")
    return entries


def _central(data: bytes, at: int, end: int) -> tuple[str, int, int, int, int]:
    need(at + 46 <= end, "directory is cut off")
    values = struct.unpack("<IHHHHHHIIIHHHHHII", data[at : at + 46])
    magic, made, version, flags, method, time, date, crc, packed, size, names = values[:11]
    extra, comment, disk, internal, external, offset = values[11:]
    need((magic, made, version) == (0x02014B50, 0x0314, 20), "directory header")
    need((flags, method, time, date) == (0, 0, 0, 0x21), "directory header")
    need((extra, comment, disk, internal) == (0, 0, 0, 0), "directory header")
    need(external == 0o100600 << 16, "attributes")
    need(packed == size, "sizes")
    raw = data[at + 46 : at + 46 + names]
    need(at + 46 + names <= end and raw.isascii(), "name")
    return raw.decode("ascii"), crc, size, offset, at + 46 + names


def _local(data: bytes, at: int, name: str, crc: int, size: int, end: int) -> tuple[bytes, int]:
    need(at + 30 + len(name) + size <= end, "entry is cut off")
    values = struct.unpack("<IHHHHHIIIHH", data[at : at + 30])
    stated = (0x04034B50, 20, 0, 0, 0, 0x21, crc, size, size, len(name), 0)
    need(values == stated, "local header")
    body = at + 30 + len(name)
    need(data[at + 30 : body] == name.encode(), "local name")
    content = data[body : body + size]
    need(zlib.crc32(content) == crc, "checksum")
    return content, body + size


def _place(name: str) -> tuple[int, str]:
    folder = name[: name.find("/") + 1] or name
    need(folder in _FOLDERS, "name")
    rest = name[len(folder) :]
    if folder in ("checkpoints/", "receipts/"):
        digits, suffix = rest[:10], rest[10:]
        need(len(digits) == 10 and digits.isdigit() and suffix == ".dsse", "name")
    if folder == "blobs/":
        need(is_hex(rest), "name")
    return _FOLDERS.index(folder), name


def is_hex(text: object) -> bool:
    """Whether this is a hash or a key: 64 lower-case hex digits."""
    return isinstance(text, str) and len(text) == 64 and not set(text) - set("0123456789abcdef")
