"""Keeps the database and its twin log alike, whichever of them a crash left behind.

While a session is written the twin goes first: each frame is on the disk before the database
commits. At a start either may be ahead. What the twin has more is a transaction that was whole on
the disk when the power went: it is taken into the database. What it has less, because it could not
be written for a while, is written after. Where the two contradict each other the database is right:
its records may be at the endpoint already.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from proctor_desktop.core.chain import (
    EMPTY,
    BlobRef,
    BrokenChain,
    Head,
    decode,
    digest,
    follow,
    has_no_blobs,
    kind_at_a_glance,
)
from proctor_desktop.journal import ledger, twin_log
from proctor_desktop.journal.twin_log import Extent, Kind, Line, Twin, TwinLog

RETRY_S = 5.0
_TOGETHER = 1000

_RECORDS = """SELECT seq, committed_ns, bytes FROM records
    WHERE seq > ? ORDER BY seq LIMIT ?"""
_CHECKPOINTS = """SELECT seq, 0, envelope FROM checkpoints
    WHERE seq > ? AND seq <= ? ORDER BY seq"""
_RECEIPTS = """SELECT seq, received_ns, envelope FROM receipts
    WHERE seq > ? AND seq <= ? ORDER BY seq"""


def head_of(db: Database) -> Head:
    """The end of the chain."""
    row = db.execute("SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(*row) if row else EMPTY


def bring_up(db: Database, twin: Twin) -> int:
    """Take into the database what only the twin has; returns how many records that were.

    One that does not continue the chain ends it: what is behind it stays in the twin.
    """
    head = head_of(db)
    if not _agrees(db, twin, min(head.seq, len(twin.records))):
        return 0
    known = {row[0] for row in db.execute("SELECT seq FROM receipts")}
    with db.atomic():
        added = insert(db, head, twin.lines(head.seq))
        insert(db, head_of(db), twin.receipts_but(known))
    return added


def insert(db: Database, head: Head, lines: Iterable[Line]) -> int:
    """Add lines behind ``head``, records first; returns how many records were added."""
    rows = _Rows(db, head)
    for line in lines:
        rows.add(line)
    rows.write()
    return rows.head.seq - head.seq


class _Rows:
    """Lines on their way into the database, many at a time."""

    def __init__(self, db: Database, head: Head) -> None:
        self.head = head
        self._db = db
        self._session = ""
        self._whole = True
        self._records: list[tuple[int, str, str, bytes, int]] = []

    def add(self, line: Line) -> None:
        """Take one line; a record that does not continue the chain ends it."""
        kind, seq, stamp_ns, content = line
        if kind is Kind.RECORD:
            self._whole = self._whole and self._add_record(content, stamp_ns)
            return
        self.write()
        if seq > self.head.seq:
            return
        if kind is Kind.CHECKPOINT:
            self._db.execute("INSERT OR IGNORE INTO checkpoints VALUES (?, ?)", (seq, content))
        else:
            row = (seq, content, stamp_ns)
            self._db.execute("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?)", row)

    def write(self) -> None:
        """Put what has gathered into the database."""
        rows, self._records = self._records, []
        if rows:
            self._db.conn.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", rows)

    def _add_record(self, raw: bytes, stamp_ns: int) -> bool:
        kind = kind_at_a_glance(self._session, self.head, raw)
        blobs: tuple[BlobRef, ...] = ()
        if kind is not None and has_no_blobs(raw):
            self.head = Head(self.head.seq + 1, digest(raw))
        else:
            try:
                record = decode(raw)
                self.head = follow(self.head, record)
            except BrokenChain:
                return False
            kind, self._session, blobs = record.kind, record.session, record.blobs
        self._records.append((self.head.seq, self.head.hash, kind, raw, stamp_ns))
        if blobs or len(self._records) >= _TOGETHER:
            self.write()
        for blob in blobs:
            row = (blob.sha256, blob.type, blob.size, self.head.seq)
            self._db.execute("INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, ?)", row)
            ledger.enter(self._db, blob, kind)
        return True


class Reached(NamedTuple):
    """How far the twin goes, and the number of the last receipt in it."""

    extent: Extent
    receipt: int


class Mirror:
    """Copies what the journal's writer adds to the twin; used by the writer's thread.

    A twin that cannot be written does not stop the journal: ``trouble`` says why, it is tried again
    every five seconds, and then gets all that it has missed.
    """

    def __init__(self, folder: Path, twin: Twin, db: Database) -> None:
        """The twin as it was read, after :func:`bring_up`."""
        self.trouble = ""
        self._log = TwinLog(folder, twin)
        self._retry_at_s = 0.0
        alike = _alike(db, twin)
        last = max((seq for seq in twin.checkpoints if seq <= alike), default=0)
        self._at, self._receipts = Extent(alike, last), max(twin.receipts, default=0)
        self._stale = alike < len(twin.records) or last < twin.extent.checkpoints
        self.copy(db, _TOGETHER)

    def copy(self, db: Database, together: int = -1) -> None:
        """Bring to disk what the database has, and its open transaction adds, beyond the twin.

        All that a transaction adds is one frame, so that after a crash all of it is there or none;
        ``together`` is how many records a frame may hold of what was missed earlier.
        """
        if self.trouble and time.monotonic() < self._retry_at_s:
            return
        try:
            while self._copy_some(db, _TOGETHER if self.trouble else together):
                continue
        except OSError as problem:
            self._failed(problem)
        else:
            self.trouble = ""

    @property
    def reached(self) -> Reached:
        """How far the twin goes."""
        return Reached(self._at, self._receipts)

    def take_back(self, reached: Reached) -> None:
        """What was copied beyond ``reached`` was not committed: say so behind it."""
        if self.reached == reached:
            return
        (self._at, self._receipts), self._stale = reached, True
        try:
            self._append(())
        except OSError as problem:  # then the next frame says so
            self._failed(problem)

    def close(self) -> None:
        """Close the twin's file."""
        self._log.close()

    def _copy_some(self, db: Database, together: int) -> bool:
        """One frame; whether there may be more."""
        records = _read(db, Kind.RECORD, _RECORDS, (self._at.records, together))
        last = records[-1].seq if records else self._at.records
        lines = [
            *records,
            *_read(db, Kind.CHECKPOINT, _CHECKPOINTS, (self._at.checkpoints, last)),
            *_read(db, Kind.RECEIPT, _RECEIPTS, (self._receipts, last)),
        ]
        if lines or self._stale:
            self._append(lines)
        return len(records) == together

    def _append(self, lines: Sequence[Line]) -> None:
        self._log.append(self._at, lines)
        self._stale = False
        last = dict.fromkeys(Kind, 0)
        for line in lines:
            last[line.kind] = line.seq
        self._at = Extent(
            max(self._at.records, last[Kind.RECORD]),
            max(self._at.checkpoints, last[Kind.CHECKPOINT]),
        )
        self._receipts = max(self._receipts, last[Kind.RECEIPT])

    def _failed(self, problem: OSError) -> None:
        self.trouble = problem.strerror or errno.errorcode.get(problem.errno or 0, "no reason")
        self._retry_at_s = time.monotonic() + RETRY_S


def joined(folder: Path, db: Database) -> Mirror:
    """Take from the twin in ``folder`` what only it has; one that cannot be read is begun anew."""
    try:
        twin = twin_log.read(folder)
        bring_up(db, twin)
    except OSError:
        twin = twin_log.unread(folder)
    return Mirror(folder, twin, db)


def _read(db: Database, kind: Kind, query: str, between: tuple[int, int]) -> list[Line]:
    return [Line(kind, *row) for row in db.execute(query, between)]


def _alike(db: Database, twin: Twin) -> int:
    """Up to which record both are the same: each binds those before it, so bisect."""
    low, high = 0, min(head_of(db).seq, len(twin.records))
    if _agrees(db, twin, high):
        return high
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _agrees(db, twin, middle) else (low, middle)
    return low


def _agrees(db: Database, twin: Twin, seq: int) -> bool:
    if seq == 0:
        return True
    (there,) = db.execute("SELECT hash FROM records WHERE seq = ?", (seq,)).fetchone()
    return bool(there == digest(twin.record(seq)))
