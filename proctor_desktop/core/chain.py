"""The bytes of a record and the hash chain that binds them.

A record is one UTF-8 JSON object. Its exact bytes are what is stored, sent and hashed; nobody ever
serialises a parsed record again, so there is no canonical form to disagree about.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from proctor_desktop.core import strict_json
from proctor_desktop.core.moment import Moment, from_rfc3339, rfc3339
from proctor_desktop.core.record_text import VERSION, as_written

GENESIS = "0" * 64
FIRST_SEQ = 1


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A file that a record names: its SHA-256, media type and size.

    ``seals`` is the salted hash of the content where the file is sealed and complete; the type is
    then the content's, the hash and size the sealed file's.
    """

    sha256: str
    type: str
    size: int
    seals: str = ""

    def to_json(self) -> dict[str, Any]:
        """The object that stands in the record."""
        body: dict[str, Any] = {"sha256": self.sha256, "type": self.type, "size": self.size}
        return body | {"seals": self.seals} if self.seals else body


@dataclass(frozen=True, slots=True)
class Record:
    """A record as parsed from its bytes; ``raw`` and ``hash`` belong to those bytes."""

    session: str
    seq: int
    prev: str
    wall: str
    mono_ns: int
    boot: str
    kind: str
    data: Mapping[str, Any]
    blobs: tuple[BlobRef, ...]
    raw: bytes
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the last sequence number and its hash."""

    seq: int
    hash: str


EMPTY = Head(FIRST_SEQ - 1, GENESIS)


class BrokenChain(ValueError):
    """Bytes that are no record, or a record that does not follow the one before it."""


def digest(raw: bytes) -> str:
    """SHA-256 of ``raw`` in lower-case hex: the name of records and blobs alike."""
    return hashlib.sha256(raw).hexdigest()


def encode(
    session: str,
    after: Head,
    moment: Moment,
    boot: str,
    kind: str,
    data: Mapping[str, Any],
    blobs: Iterable[BlobRef] = (),
) -> bytes:
    """The bytes of the record that follows ``after``.

    Raises ValueError for values that JSON cannot hold (NaN, infinities).
    """
    body = {
        "v": VERSION,
        "session": session,
        "seq": after.seq + 1,
        "prev": after.hash,
        "wall": rfc3339(moment.wall_utc),
        "mono_ns": moment.mono_ns,
        "boot": boot,
        "kind": kind,
        "data": data,
        "blobs": [blob.to_json() for blob in blobs],
    }
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Names of files and programs may hold what is no text; that must not keep a record away.
    return text.encode("utf-8", "replace")


_FIELDS: dict[str, type] = {
    "v": int,
    "session": str,
    "seq": int,
    "prev": str,
    "wall": str,
    "mono_ns": int,
    "boot": str,
    "kind": str,
    "data": dict,
    "blobs": list,
}
_TYPES = list(_FIELDS.values())


def decode(raw: bytes, *, fractions: bool = True) -> Record:
    """Parse one record; raises BrokenChain, naming what is wrong with it.

    Without ``fractions`` every number that has one is read as 0.0: more than twice as fast, for
    whoever walks a chain and does not look at what was measured.
    """
    decoder = strict_json.DECODER if fractions else strict_json.WITHOUT_FRACTIONS
    try:
        text = raw.decode("utf-8")
    except ValueError as problem:
        raise BrokenChain(f"not a JSON record: {problem}") from problem
    values = as_written(text, decoder) or _fields(text, decoder)
    try:
        strict_json.check_depth(raw)
        blobs = tuple(map(_blob, values[-1]))
    except (ValueError, TypeError, KeyError) as problem:
        raise BrokenChain(f"bad record: {problem}") from problem
    _, session, seq, prev, wall, mono_ns, boot, kind, data, _ = values
    return Record(session, seq, prev, wall, mono_ns, boot, kind, data, blobs, raw, digest(raw))


def _fields(text: str, decoder: json.JSONDecoder) -> list[Any]:
    """The values of a record's fields in their order, however it is laid out."""
    try:
        body = decoder.decode(text)
    except (ValueError, RecursionError) as problem:
        raise BrokenChain(f"not a JSON record: {problem}") from problem
    if not isinstance(body, dict) or set(body) != set(_FIELDS):
        raise BrokenChain("not a record: its fields are not those of version 1")
    values = [body[name] for name in _FIELDS]
    types = list(map(type, values))  # bool is no int here
    if types != _TYPES:
        wrong = next(
            name for name, kind in zip(_FIELDS, types, strict=True) if kind != _FIELDS[name]
        )
        raise BrokenChain(f"field {wrong!r} has the wrong type")
    if body["v"] != VERSION:
        raise BrokenChain(f"record version {body['v']} is not known")
    try:
        from_rfc3339(body["wall"])
    except ValueError as problem:
        raise BrokenChain(f"bad time: {problem}") from problem
    return values


def follow(head: Head, record: Record) -> Head:
    """The chain's new end after ``record``; raises BrokenChain if it does not follow ``head``."""
    if record.seq != head.seq + 1:
        raise BrokenChain(f"record {record.seq} stands where {head.seq + 1} is expected")
    if record.prev != head.hash:
        raise BrokenChain(f"record {record.seq} does not continue the chain: its 'prev' differs")
    return Head(record.seq, record.hash)


_KIND = re.compile(
    rb'"wall":"[^"\\]*","mono_ns":-?[0-9]+,"boot":"(?:[^"\\]|\\.)*","kind":"([^"\\]*)","data":'
)
_WITHOUT_BLOBS = b',"blobs":[]}'


def kind_at_a_glance(session: str, head: Head, raw: bytes) -> str | None:
    """The kind of a record as ``encode`` writes it that follows ``head``; None for any other.

    The rest of it is not parsed: its bytes are bound by the record that follows. For reading back a
    long journal, in which few records matter.
    """
    begins = f'{{"v":{VERSION},"session":"{session}","seq":{head.seq + 1},"prev":"{head.hash}",'
    if not raw.startswith(begins.encode()):
        return None
    found = _KIND.match(raw, len(begins))
    return found[1].decode() if found else None


def has_no_blobs(raw: bytes) -> bool:
    """Whether a record as ``encode`` writes it names no file, without parsing it."""
    return raw.endswith(_WITHOUT_BLOBS)


def _blob(item: Any) -> BlobRef:
    if not isinstance(item, dict) or set(item) - {"seals"} != {"sha256", "type", "size"}:
        raise ValueError("a blob reference has sha256, type and size")
    sha256, media_type, size = item["sha256"], item["type"], item["size"]
    if not isinstance(sha256, str) or not is_sha256(sha256):
        raise ValueError("a blob's sha256 is 64 lower-case hex digits")
    if not isinstance(media_type, str) or type(size) is not int or size < 0:
        raise ValueError("a blob has a media type and a size")
    if "seals" in item and not (isinstance(item["seals"], str) and is_sha256(item["seals"])):
        raise ValueError("what a blob seals is named by 64 lower-case hex digits")
    return BlobRef(sha256, media_type, size, item.get("seals", ""))


def is_sha256(text: str) -> bool:
    """Whether ``text`` is a SHA-256 in lower-case hex."""
    return len(text) == len(GENESIS) and all(c in "0123456789abcdef" for c in text)
