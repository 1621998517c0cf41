"""The manifest: what an export holds, signed by the key that the last checkpoint names.

It follows from the rest of the export; only which of the absent blobs were withheld on purpose is
its own word. A verifier therefore does not interpret one: it works out the manifest that the export
must have, and compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FORMAT = "proctor-evidence/1"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of the export, with the hash of its bytes."""

    name: str
    size: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """The object that stands in the list of files."""
        return {"name": self.name, "size": self.size, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything in the export but the manifest itself, in the container's order.

    ``head`` is the last record's hash. ``missing`` names, sorted, the blobs that records speak of
    and that were not there (or not whole) when the export was made, ``withheld`` those that whoever
    made an excerpt left out; ``closed`` says whether the session has its ``session.close``.
    """

    session: str
    session_key: str
    exam_sha256: str
    records: int
    records_sha256: str
    head: str
    closed: bool
    files: tuple[FileLine, ...]
    missing: tuple[str, ...]
    withheld: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The object that is signed."""
        return {
            "format": FORMAT,
            "session": self.session,
            "exam_sha256": self.exam_sha256,
            "session_key": self.session_key,
            "records": {
                "count": self.records,
                "sha256": self.records_sha256,
                "head": self.head,
            },
            "closed": self.closed,
            "files": [line.to_json() for line in self.files],
            "missing": list(self.missing),
            "withheld": list(self.withheld),
        }

    def differences(self, stated: Mapping[str, Any]) -> Iterator[str]:
        """How what an export states differs from this, a line a field."""
        due = self.to_json()
        for field in sorted(stated.keys() | due.keys()):
            if field not in due or stated.get(field) != due[field]:
                only = _only(stated.get(field), due.get(field))
                yield f"{field!r} does not agree with what is in the export{only}"


def absent_blobs(named: Iterable[str], files: Iterable[FileLine], folder: str) -> tuple[str, ...]:
    """The blobs among ``named`` that are not among ``files``, sorted."""
    return tuple(sorted(set(named) - {line.name.removeprefix(folder) for line in files}))


def _only(stated: object, due: object) -> str:
    """The names that only one of two lists of files or hashes has, for a reader."""
    if not isinstance(stated, list) or not isinstance(due, list):
        return ""
    names = [
        {str(item["name"] if isinstance(item, dict) and "name" in item else item) for item in side}
        for side in (stated, due)
    ]
    only = [f"listed, not there: {n}" for n in sorted(names[0] - names[1])]
    only += [f"there, not listed: {n}" for n in sorted(names[1] - names[0])]
    return f" ({'; '.join(only[:3])})" if only else ""
