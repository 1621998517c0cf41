"""The manifest: what an export holds, signed by the session's key when the export is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from proctor_desktop.core.chain import is_sha256
from proctor_desktop.export.container import FORMAT


class BadManifest(ValueError):
    """A signed object that is no manifest of this format."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of the export, with the hash of its bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RecordsLine:
    """The record log as a whole: how many, the file's hash, and the last record's hash."""

    count: int
    sha256: str
    head: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything in the export but the manifest itself.

    ``missing`` names blobs that records speak of and that were not there (or not whole) when the
    export was made; ``closed`` says whether the session has its ``session.close``.
    """

    session: str
    exam_sha256: str
    session_key: str
    records: RecordsLine
    closed: bool
    files: tuple[FileLine, ...]
    missing: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The object that is signed."""
        return {"format": FORMAT, **asdict(self)}


def from_json(body: Mapping[str, Any]) -> Manifest:
    """The inverse of :meth:`Manifest.to_json`; raises BadManifest for anything else."""
    fields = {"format", *Manifest.__slots__}
    _require(set(body) == fields, "its fields are not those of this format")
    _require(body["format"] == FORMAT, f"the format is not {FORMAT}")
    for name in ("session", "session_key"):
        _require(isinstance(body[name], str), f"{name} is no text")
    _require(_is_hash(body["exam_sha256"]), "exam_sha256 is no hash")
    _require(isinstance(body["closed"], bool), "closed is neither true nor false")
    _require(isinstance(body["files"], list), "files is no list")
    missing = body["missing"]
    _require(isinstance(missing, list) and all(map(_is_hash, missing)), "missing lists no hashes")
    return Manifest(
        session=body["session"],
        exam_sha256=body["exam_sha256"],
        session_key=body["session_key"],
        records=_records(body["records"]),
        closed=body["closed"],
        files=tuple(_file(item) for item in body["files"]),
        missing=tuple(missing),
    )


def _records(item: Any) -> RecordsLine:
    _require(isinstance(item, dict) and set(item) == {*RecordsLine.__slots__}, "records is odd")
    _require(_is_count(item["count"]), "records.count is no number")
    _require(_is_hash(item["sha256"]) and _is_hash(item["head"]), "records has no hashes")
    return RecordsLine(**item)


def _file(item: Any) -> FileLine:
    _require(isinstance(item, dict) and set(item) == {*FileLine.__slots__}, "a file line is odd")
    _require(isinstance(item["name"], str), "a file line has no name")
    _require(_is_count(item["size"]) and _is_hash(item["sha256"]), "a file line has no size or hash")
    return FileLine(**item)


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and is_sha256(value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _require(holds: bool, why: str) -> None:
    if not holds:
        raise BadManifest(f"the manifest is malformed: {why}")
