"""The only thing that writes to the journal: one thread, one connection.

Every call returns after the commit, which comes after the twin log's sync. Calls that wait together
share one transaction, so a burst costs two syncs and not forty.

While the disk is too full for the database, the twin's sync is the commit of a record: the twin has
space of its own, and the database gets the record as soon as there is some (``overflow``).
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlite_utils import Database

from proctor_desktop.core.chain import EMPTY, BlobRef, Head, digest, encode
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import Moment
from proctor_desktop.journal import checkpoints, ledger
from proctor_desktop.journal.database import damaged, open_for_writing, unwritable
from proctor_desktop.journal.mirror import head_of, joined
from proctor_desktop.journal.overflow import NotInTwin, Overflow, has_no_room
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.signing_keys import NoKeys, SigningKeys

_MAX_TOGETHER = 64
_PRIMARY_CODE = 0xFF

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record to be: the writer gives it its number and its place in the chain.

    ``urgent`` asks for a checkpoint right behind it, so that the endpoint can witness it at once.
    """

    moment: Moment
    kind: str
    data: dict[str, Any]
    blobs: tuple[BlobRef, ...] = ()
    urgent: bool = False


@dataclass(slots=True)
class _Job:
    """``chain``: it adds to the chain of records and to nothing else, so the twin has all of it."""

    work: Callable[[Database], Any]
    chain: bool = False
    done: Future[Any] = field(default_factory=Future)


class Writer:
    """Appends records, checkpoints and receipts for one session.

    ``committed`` is called on the writer's thread after each commit that added a record; it must be
    quick. Errors of the disk are raised to the caller as EnvironmentProblem.
    """

    def __init__(
        self,
        folder: SessionFolder,
        boot: str,
        committed: Callable[[], None] = lambda: None,
        check: bool = True,
        signing: bool = True,
    ) -> None:
        """Open the journal, bringing it and its twin to the same state first.

        Without ``signing`` no key is needed, and no checkpoint made: what is to be noted of the
        delivery of what was signed before can be noted all the same.
        """
        self._folder = folder
        self._boot = boot
        self._committed = committed
        self._db = open_for_writing(folder.path, check)
        self._mirror = joined(folder.path, self._db)
        self._overflow: Overflow | None = None
        self._told_trouble = ""
        self._head = head_of(self._db)
        self._signed_seq = checkpoints.signed_seq(self._db)
        self._signed_at_ns: int | None = None
        self._to_sign: Moment | None = None
        self._keys: SigningKeys | NoKeys = NoKeys()
        if signing:
            self._keys = SigningKeys(folder.keys, checkpoints.key_due(self._db, folder))
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._bug: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    @property
    def head(self) -> Head:
        """The end of the chain as committed; a reader may not see all of it on a full disk."""
        return self._head

    def append(self, *entries: Entry) -> Head:
        """Commit ``entries`` in one transaction, in this order; returns the new end of the chain.

        Raises EnvironmentProblem if the disk refuses; then none of them is in the journal.
        """
        return self._do(lambda db: self._append(db, entries), chain=True)

    def settle(self) -> None:
        """Bring into the database what only the twin has, so that readers see all records.

        Raises EnvironmentProblem as long as there is no room; nothing is lost by that.
        """
        if (overflow := self._overflow) is not None:
            overflow.hurry()
        self._do(self._check_settled)

    def receipt(self, seq: int, envelope: bytes) -> None:
        """Keep a *verified* receipt of the endpoint for all records up to ``seq``."""
        self._do(
            lambda db: db.execute(
                "INSERT OR IGNORE INTO receipts VALUES (?, ?, ?)",
                (seq, envelope, time.monotonic_ns()),
            )
        )

    def mark(self, sha256: str, state: ledger.State, error: str = "") -> None:
        """Note how far a blob's delivery has got."""
        self._do(lambda db: ledger.mark(db, sha256, state, error))

    def fact(self, name: str, value: str) -> None:
        """Remember something about the delivery (a token, a key); not evidence."""
        self._do(lambda db: db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value)))

    def checkpoint(self, moment: Moment) -> None:
        """Sign the present end of the chain, unless that has been done."""
        self._do(lambda _: self._want_signature(moment), chain=True)

    def reopen_ledger(self) -> None:
        """Make what a crash left half sent pending again."""
        self._do(ledger.reopen)

    def block(self, reason: str) -> None:
        """Note that nothing can be sent until there is a new token."""
        self._do(lambda db: ledger.block(db, reason))

    def unblock(self) -> None:
        """Let what waited for a token be sent."""
        self._do(ledger.unblock)

    def redrive(self) -> int:
        """Let what the endpoint refused for good be sent again; how many files those are."""
        return self._do(ledger.redrive)

    def release(self, up_to_seq: int, still_missing: Collection[str]) -> int:
        """Make collectable what is delivered beyond doubt; see :func:`ledger.release`."""
        return self._do(lambda db: ledger.release(db, up_to_seq, still_missing))

    def close(self) -> None:
        """Finish what is waiting and close the database; whoever calls later is refused."""
        with self._closing:
            self._closed = True
            self._jobs.put(None)
        self._thread.join()
        if self._overflow is not None:
            self._overflow.hurry()
            self._catch_up()
        if self._overflow is not None:
            self._overflow.close()
        self._mirror.close()
        self._db.close()

    def _do(self, work: Callable[[Database], T], *, chain: bool = False) -> T:
        job = _Job(work, chain)
        with self._closing:  # behind the last item of the queue nobody would ever answer
            if self._closed:
                raise RuntimeError("the journal's writer is closed") from self._bug
            self._jobs.put(job)
        result: T = job.done.result()
        return result

    def _run(self) -> None:
        batch: list[_Job] = []
        try:
            while (job := self._jobs.get()) is not None:
                batch, last = self._together(job)
                self._commit(batch)
                if last:
                    return
        except Exception as bug:
            self._give_up(batch, bug)

    def _give_up(self, batch: Sequence[_Job], bug: Exception) -> None:
        """Hand a bug to all who wait, and to whoever calls later: nobody waits for ever."""
        with self._closing:
            self._closed, self._bug = True, bug
        waiting: list[_Job | None] = list(batch)
        with suppress(queue.Empty):
            while True:
                waiting.append(self._jobs.get_nowait())
        for job in waiting:
            if job is not None and not job.done.done():
                job.done.set_exception(bug)

    def _together(self, first: _Job) -> tuple[list[_Job], bool]:
        """``first`` and whatever else waits already; whether the end was asked for."""
        batch = [first]
        while len(batch) < _MAX_TOGETHER:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, False
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _commit(self, batch: Sequence[_Job]) -> None:
        self._catch_up()
        if self._overflow is None:
            self._commit_to(self._db, batch)
            return
        for db, jobs in (
            (self._overflow.db, [job for job in batch if job.chain]),
            (self._db, [job for job in batch if not job.chain]),
        ):
            if jobs:
                self._commit_to(db, jobs)

    def _commit_to(self, db: Database, batch: Sequence[_Job]) -> None:
        before = (self._head, self._signed_seq, self._signed_at_ns, self._told_trouble)
        mirrored = self._mirror.reached
        try:
            with db.atomic():
                results = [job.work(db) for job in batch]
                self._sign_if_wanted(db)
                self._mirror.copy(db)
                self._check_is_in_twin(db)
        except Exception as problem:
            if db is not self._db or not self._is_there_after_all(before[0], problem):
                self._head, self._signed_seq, self._signed_at_ns, self._told_trouble = before
                self._to_sign = None
                self._mirror.take_back(mirrored)
                self._refuse(batch, problem)
                return
        for job, result in zip(batch, results, strict=True):
            job.done.set_result(result)
        if self._head != before[0]:
            self._committed()
        if self._signed_seq != before[1]:
            self._keys.rotate()  # whoever waited for the commit does not wait for this

    def _refuse(self, batch: Sequence[_Job], problem: Exception) -> None:
        if len(batch) > 1:
            for job in batch:  # one bad job must not take the others with it
                self._commit([job])
        elif batch[0].chain and self._goes_on_in_twin(problem):
            self._overflow = Overflow(problem)
            self._commit_to(self._overflow.db, batch)
        else:
            if isinstance(problem, NotInTwin):
                self._twin_refused()
            batch[0].done.set_exception(self._explained(problem))

    # -- the twin goes on alone ----------------------------------------------------------------

    def _goes_on_in_twin(self, problem: Exception) -> bool:
        """Whether the twin may hold what comes now: it has all that was before."""
        alike = self._mirror.reached.extent.records == self._head.seq
        return self._overflow is None and alike and has_no_room(problem)

    def _twin_refused(self) -> None:
        """It cannot go on alone any more: the database is tried again with the next call."""
        if self._overflow is not None:
            self._overflow.hurry()
            if self._overflow.is_empty:
                self._overflow.close()
                self._overflow = None

    def _check_is_in_twin(self, db: Database) -> None:
        """What the database has not is durable in the twin, or it is refused."""
        if db is not self._db and self._mirror.reached.extent.records != self._head.seq:
            raise NotInTwin(self._mirror.trouble)

    def _catch_up(self) -> None:
        """Commit to the database what waits for it, if it is time to try that again."""
        overflow = self._overflow
        if overflow is None or not overflow.due:
            return
        try:
            overflow.bring_into(self._db)
        except sqlite3.Error as problem:
            if not self._is_there_after_all(EMPTY, problem):
                overflow.refused_again(problem)
                return
        overflow.close()
        self._overflow = None

    def _check_settled(self, _: Database) -> None:
        if self._overflow is not None:
            raise self._overflow.problem

    def _is_there_after_all(self, before: Head, problem: Exception) -> bool:
        """Look at the file anew after an error of the disk: what was given up may be in it."""
        code = getattr(problem, "sqlite_errorcode", 0) & _PRIMARY_CODE
        if code not in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT):
            return False
        try:
            anew = open_for_writing(self._folder.path, check=False)
        except EnvironmentProblem:
            return False  # the old connection serves until it can be opened
        self._db.close()
        self._db = anew
        return self._head != before and head_of(anew) == self._head

    def _twin_state(self, moment: Moment) -> Entry:
        """That records have one copy only for now, or two again."""
        self._told_trouble = self._mirror.trouble
        state = "lost" if self._told_trouble else "ok"
        return Entry(moment, "twin_log", {"state": state, "reason": self._told_trouble})

    def _explained(self, problem: Exception) -> Exception:
        if isinstance(problem, (sqlite3.OperationalError, NotInTwin)):
            return unwritable(self._folder.path, problem)
        if type(problem) is sqlite3.DatabaseError:  # its subclasses but the one above are bugs
            return damaged(self._folder.path, str(problem))
        return problem

    def _append(self, db: Database, entries: Sequence[Entry]) -> Head:
        if entries and self._mirror.trouble != self._told_trouble:
            self._insert(db, self._twin_state(entries[0].moment))
        for entry in entries:
            self._insert(db, entry)
        unsigned, now_ns = self._head.seq - self._signed_seq, time.monotonic_ns()
        due = checkpoints.is_due(unsigned, self._signed_at_ns, now_ns)
        if entries and (due or any(entry.urgent for entry in entries)):
            self._want_signature(entries[-1].moment)
        return self._head

    def _insert(self, db: Database, entry: Entry) -> None:
        raw = encode(
            self._folder.session,
            self._head,
            entry.moment,
            self._boot,
            entry.kind,
            entry.data,
            entry.blobs,
        )
        head = Head(self._head.seq + 1, digest(raw))
        db.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?)",
            (head.seq, head.hash, entry.kind, raw, time.monotonic_ns()),
        )
        for blob in entry.blobs:
            db.execute(
                "INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, ?)",
                (blob.sha256, blob.type, blob.size, head.seq),
            )
            ledger.enter(db, blob, entry.kind)
        self._head = head

    def _want_signature(self, moment: Moment) -> None:
        self._to_sign = moment

    def _sign_if_wanted(self, db: Database) -> None:
        """One checkpoint for all that is committed together, since each takes a key of its own."""
        moment, self._to_sign = self._to_sign, None
        keys = self._keys.pair() if moment and self._head.seq != self._signed_seq else None
        if moment is not None and keys is not None:
            checkpoints.sign(db, self._folder.session, self._head, moment, keys)
            self._signed_seq, self._signed_at_ns = self._head.seq, time.monotonic_ns()
