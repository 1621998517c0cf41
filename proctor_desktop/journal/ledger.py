"""What is still to be delivered, and how far each item has got.

Records need no row of their own: they go in order, so the last receipt says how many are there.
Blobs have a row each, written in the same transaction as the record that names them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from sqlite_utils import Database

from proctor_desktop.core import media_type
from proctor_desktop.core.chain import BlobRef


class State(StrEnum):
    """How far a blob has got. Nothing is ever removed from the ledger.

    ``pending`` → ``sending`` → ``receipted`` (the endpoint has it) → ``collectable`` (a verified
    receipt covers the record that names it, the endpoint was asked again, and the exam lets the
    local copy go) → ``collected``. ``blocked`` waits for a new token; ``dead_letter`` was refused
    for good: it is kept, shown, and sent again when somebody asks for that.
    """

    PENDING = "pending"
    SENDING = "sending"
    RECEIPTED = "receipted"
    COLLECTABLE = "collectable"
    COLLECTED = "collected"
    BLOCKED = "blocked"
    DEAD_LETTER = "dead_letter"


DELIVERED = (State.RECEIPTED, State.COLLECTABLE, State.COLLECTED)


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
class Refused:
    """A blob that the endpoint will not take, and what it said last."""

    sha256: str
    type: str
    size: int
    reason: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items wait, are delivered, or will not be taken by the endpoint.

    ``blocked`` of those that wait do so for a new token; of ``collected`` blobs there is no copy
    here any more.
    """

    pending_records: int
    pending_blobs: int
    delivered: int
    refused: int
    blocked: int = 0
    collected: int = 0

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
    """After a start nothing is on its way or held up: what was is pending again."""
    _move(db, State.PENDING, State.SENDING, State.BLOCKED)


def block(db: Database, reason: str) -> None:
    """Nothing can be sent until there is a new token: whatever waits is shown as blocked."""
    _move(db, State.BLOCKED, State.PENDING, State.SENDING)
    db.execute("UPDATE ledger SET last_error = ? WHERE state = ?", (reason, State.BLOCKED.value))


def unblock(db: Database) -> None:
    """There is a token again."""
    _move(db, State.PENDING, State.BLOCKED)


def redrive(db: Database) -> int:
    """Let what was refused for good wait to be sent again; how many those are."""
    return _move(db, State.PENDING, State.DEAD_LETTER)


def release(db: Database, up_to_seq: int, still_missing: Collection[str]) -> int:
    """Make delivered blobs collectable; how many those are.

    Only those that the records up to ``up_to_seq``, which a verified receipt covers, name, and of
    which the endpoint has not just said that it lacks them.
    """
    rows = db.execute(
        "SELECT sha256 FROM ledger JOIN blobs USING (sha256) WHERE state = ? AND seq <= ?",
        (State.RECEIPTED.value, up_to_seq),
    ).fetchall()
    names = [row[0] for row in rows if row[0] not in still_missing]
    for name in names:
        mark(db, name, State.COLLECTABLE)
    return len(names)


def of_state(db: Database, *states: State) -> list[str]:
    """The hashes of the blobs in these states."""
    marks = ",".join("?" * len(states))
    rows = db.execute(
        f"SELECT sha256 FROM ledger WHERE state IN ({marks}) ORDER BY rowid",  # noqa: S608
        [state.value for state in states],
    )
    return [row[0] for row in rows]


def refused(db: Database) -> list[Refused]:
    """What the endpoint will not take, oldest first."""
    rows = db.execute(
        """SELECT ledger.sha256, type, size, last_error FROM ledger JOIN blobs USING (sha256)
           WHERE state = ? ORDER BY seq""",
        (State.DEAD_LETTER.value,),
    )
    return [Refused(*row) for row in rows]


def next_item(db: Database, up_to_seq: int, not_now: Collection[str] = ()) -> Item | None:
    """The most urgent blob among those that the records up to ``up_to_seq`` name.

    Blobs in ``not_now`` have to wait: one that is refused again and again must not hold up the
    others.
    """
    rows = db.execute(
        """SELECT ledger.sha256, type, size, attempts FROM ledger JOIN blobs USING (sha256)
           WHERE state IN (?, ?) AND seq <= ? ORDER BY priority, seq LIMIT ?""",
        (State.PENDING.value, State.SENDING.value, up_to_seq, len(not_now) + 1),
    )
    return next((Item(*row) for row in rows.fetchall() if row[0] not in not_now), None)


def waiting_behind(db: Database, seq: int) -> int:
    """How many blobs wait that are first named behind record ``seq``."""
    states = tuple(state.value for state in (State.PENDING, State.SENDING, State.BLOCKED))
    found: int = db.execute(
        """SELECT count(*) FROM ledger JOIN blobs USING (sha256)
           WHERE state IN (?, ?, ?) AND seq > ?""",
        (*states, seq),
    ).fetchone()[0]
    return found


def counts(db: Database) -> Counts:
    """Blobs and records together."""
    by_state = dict(db.execute("SELECT state, count(*) FROM ledger GROUP BY state").fetchall())
    head = db.execute("SELECT coalesce(max(seq), 0) FROM records").fetchone()[0]
    sent = db.execute("SELECT coalesce(max(seq), 0) FROM receipts").fetchone()[0]
    arrived = sum(by_state.get(state.value, 0) for state in DELIVERED)
    refused_for_good = by_state.get(State.DEAD_LETTER.value, 0)
    return Counts(
        pending_records=head - sent,
        pending_blobs=sum(by_state.values()) - arrived - refused_for_good,
        delivered=arrived + sent,
        refused=refused_for_good,
        blocked=by_state.get(State.BLOCKED.value, 0),
        collected=by_state.get(State.COLLECTED.value, 0),
    )


def _move(db: Database, to: State, *states: State) -> int:
    marks = ",".join("?" * len(states))
    moved = db.execute(
        f"UPDATE ledger SET state = ? WHERE state IN ({marks})",  # noqa: S608
        [to.value, *(state.value for state in states)],
    )
    return int(moved.rowcount)
