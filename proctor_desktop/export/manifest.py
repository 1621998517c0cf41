"""The manifest: what an export holds, signed by the session's key when the export is made.

It follows from the rest of the export without any freedom. A verifier therefore does not interpret
one: it works out the manifest that the export must have, and compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = "proctor-evidence/1"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of the export, with the hash of its bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything in the export but the manifest itself, in the container's order.

    ``head`` is the last record's hash. ``missing`` names, sorted, the blobs that records speak of
    and that were not there (or not whole) when the export was made; ``closed`` says whether the
    session has its ``session.close``.
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
            "files": [asdict(line) for line in self.files],
            "missing": list(self.missing),
        }


def missing_blobs(named: Iterable[str], files: Iterable[FileLine], folder: str) -> tuple[str, ...]:
    """The blobs among ``named`` that are not among ``files``."""
    return tuple(sorted(set(named) - {line.name.removeprefix(folder) for line in files}))
