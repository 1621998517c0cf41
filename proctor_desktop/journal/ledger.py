"""What is still to be delivered, and how far each item has got.

Records need no row of their own: they go in order, so the last receipt says how many are there.
Blobs have a row each, written in the same transaction as the record that names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from sqlite_utils import Database

from proctor_desktop.core import media_type
from proctor_desktop.core.chain import BlobRef


class State(StrEnum):
    """How far a blob has got. Nothing is ever removed from the ledger."""

    PENDING = "pending"
    SENDING = "sending"
    RECEIPTED = "receipted"
    DEAD_LETTER = "dead_letter"


class Priority(IntEnum):
    """Lower goes first. Records go before all blobs."""

    STILL = 1
    CLIP = 2
    SEGMENT = 3


@dataclass(frozen=True, slots=True)
class Item:
    """A blob that waits to be sent."""

    sha256: str
    type: str
    size: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items wait, are delivered, or will not be taken by the endpoint."""

    pending_records: int
    pending_blobs: int
    delivered: int
    refused: int

    @property
    def pending(self) -> int:
        """Records and blobs that wait."""
        return self.pending_records + self.pending_blobs


def enter(db: Database, blob: BlobRef, kind: str) -> None:
    """Add a new blob that a record of this kind names; one that is known keeps its place."""
    db.execute(
        "INSERT OR IGNORE INTO ledger (sha256, priority, state) VALUES (?, ?, ?)",
        (blob.sha256, int(_priority(blob, kind)), State.PENDING.value),
    )


def _priority(blob: BlobRef, kind: str) -> Priority:
    """By the record's kind, too: a clip of the camera and a segment of the screen are both video.

    Video that only a restart's record names may be either; it waits with the segments.
    """
    if kind == "clip" or blob.type.startswith("audio/"):
        return Priority.CLIP
    return Priority.SEGMENT if blob.type == media_type.MP4 else Priority.STILL


def mark(db: Database, sha256: str, state: State, error: str = "") -> None:
    """Move a blob to ``state``; each failed try is counted."""
    db.execute(
        "UPDATE ledger SET state = ?, last_error = ?, attempts = attempts + ? WHERE sha256 = ?",
        (state.value, error, 1 if error else 0, sha256),
    )


def reopen(db: Database) -> None:
    """After a start nothing is on its way: what was being sent is pending again."""
    db.execute(
        "UPDATE ledger SET state = ? WHERE state = ?", (State.PENDING.value, State.SENDING.value)
    )


def next_item(db: Database, up_to_seq: int) -> Item | None:
    """The most urgent blob among those that the records up to ``up_to_seq`` name."""
    row = db.execute(
        """SELECT ledger.sha256, type, size, attempts FROM ledger JOIN blobs USING (sha256)
           WHERE state IN (?, ?) AND seq <= ? ORDER BY priority, seq LIMIT 1""",
        (State.PENDING.value, State.SENDING.value, up_to_seq),
    ).fetchone()
    return Item(*row) if row else None


def counts(db: Database) -> Counts:
    """Blobs and records together."""
    by_state = dict(db.execute("SELECT state, count(*) FROM ledger GROUP BY state").fetchall())
    head = db.execute("SELECT coalesce(max(seq), 0) FROM records").fetchone()[0]
    sent = db.execute("SELECT coalesce(max(seq), 0) FROM receipts").fetchone()[0]
    receipted = by_state.get(State.RECEIPTED.value, 0)
    refused = by_state.get(State.DEAD_LETTER.value, 0)
    waiting = sum(by_state.values()) - receipted - refused
    return Counts(head - sent, waiting, delivered=receipted + sent, refused=refused)
