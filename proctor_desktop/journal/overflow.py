"""Records that are durable in the twin log while the database has no room for them.

The twin goes on in the reserve, so a record can be safe although SQLite cannot commit it. Until
there is room it is kept here as well, in tables like the journal's that are in memory, so that it
is made as ever. A crash loses nothing: the next start takes from the twin what the database lacks
(:func:`proctor_desktop.journal.mirror.bring_up`).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

from sqlite_utils import Database

from proctor_desktop.journal.database import open_in_memory
from proctor_desktop.journal.mirror import head_of, insert
from proctor_desktop.journal.twin_log import Kind, Line

RETRY_S = 5.0

_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
"""What SQLite says before any of a commit can be on the disk; an I/O error is not among it."""


def has_no_room(problem: Exception) -> bool:
    """Whether the disk was too full for the database, and nothing worse."""
    return getattr(problem, "sqlite_errorcode", 0) in _NO_ROOM


class NotInTwin(Exception):
    """Neither the database nor the twin takes a record."""


class Overflow:
    """What waits for the database; ``problem`` is why. Used by the writer's thread."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem
        self.db = open_in_memory()
        self._retry_at_s = time.monotonic() + RETRY_S

    @property
    def due(self) -> bool:
        """Whether the database is to be tried again."""
        return time.monotonic() >= self._retry_at_s

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return next(self.lines(), None) is None

    def hurry(self) -> None:
        """Let it be tried with the next call; for any thread."""
        self._retry_at_s = 0.0

    def refused_again(self, problem: Exception) -> None:
        """There is still no room."""
        self.problem, self._retry_at_s = problem, time.monotonic() + RETRY_S

    def bring_into(self, db: Database) -> None:
        """Commit to the journal what waits; raises sqlite3.Error, and it goes on waiting."""
        with db.atomic():
            insert(db, head_of(db), self.lines())

    def lines(self) -> Iterator[Line]:
        """The records and then the checkpoints that wait, each in order."""
        for row in self.db.execute("SELECT seq, committed_ns, bytes FROM records ORDER BY seq"):
            yield Line(Kind.RECORD, *row)
        for row in self.db.execute("SELECT seq, 0, envelope FROM checkpoints ORDER BY seq"):
            yield Line(Kind.CHECKPOINT, *row)

    def close(self) -> None:
        """Forget what waited: it is in the database now, or in the twin only."""
        self.db.close()
