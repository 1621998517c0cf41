"""The journal's SQLite file: its schema, and the two ways to open it.

WAL with ``synchronous=FULL``: a commit survives a power cut. There is exactly one writing
connection, because SQLite up to 3.51.2 can corrupt a WAL file when two connections write or
checkpoint at the same time (https://www.sqlite.org/wal.html#walresetbug); everyone else reads only.

When a sync fails SQLite gives the transaction up and says so; what had been synced before is safe:
a page of the log counts only once it was synced, a page of the database is copied again from the
log as long as its sync was not a success. What it cannot know is whether the pages in its own
memory and the system's are those on the disk. So the writer opens the file anew after such an error
and believes what it reads then (``Writer``); a file that cannot be used any more is put aside and
written again from the twin log (``mend``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from proctor_desktop.core.errors import EnvironmentProblem

FILE_NAME = "journal.db"
_NOT_THE_DISK = (0, sqlite3.SQLITE_ERROR)
"""What SQLite says of tables that are missing or there twice, Python of text that is none."""

BUSY_TIMEOUT_S = 10.0

migrations = Migrations("journal")


@migrations()
def records_and_deliveries(db: Database) -> None:
    """Evidence in tables that only grow; what is known about its delivery in tables that change."""
    for statement in _SCHEMA:
        db.execute(statement)


_KNOWN = {records_and_deliveries.__name__}

_SCHEMA = (
    """CREATE TABLE records (
        seq INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
        bytes BLOB NOT NULL, committed_ns INTEGER NOT NULL)""",
    "CREATE INDEX records_by_kind ON records (kind, seq)",
    """CREATE TABLE blobs (
        sha256 TEXT PRIMARY KEY, type TEXT NOT NULL, size INTEGER NOT NULL,
        seq INTEGER NOT NULL REFERENCES records (seq))""",
    "CREATE TABLE checkpoints (seq INTEGER PRIMARY KEY, envelope BLOB NOT NULL)",
    """CREATE TABLE receipts (
        seq INTEGER PRIMARY KEY, envelope BLOB NOT NULL, received_ns INTEGER NOT NULL)""",
    """CREATE TABLE ledger (
        sha256 TEXT PRIMARY KEY REFERENCES blobs (sha256), priority INTEGER NOT NULL,
        state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        last_error TEXT NOT NULL DEFAULT '')""",
    "CREATE INDEX ledger_by_state ON ledger (state, priority)",
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    *(
        f"""CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table}
            BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END"""
        for table in ("records", "blobs", "checkpoints", "receipts")
        for verb in ("UPDATE", "DELETE")
    ),
)


class Damaged(EnvironmentProblem):
    """A session journal that SQLite cannot use."""


def open_for_writing(folder: Path, check: bool = True) -> Database:
    """The one writing connection; makes the file where there is none.

    ``check`` reads every page; whoever knows that this was just done leaves it out.

    Raises EnvironmentProblem when the file is damaged (then it is Damaged), unreadable or of a
    newer program.
    """
    path = folder / FILE_NAME
    with explained(path), ExitStack() as stack:
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
        db = Database(stack.enter_context(closing(connection)))
        path.chmod(0o600)
        db.execute("PRAGMA journal_mode=WAL")
        for pragma in ("synchronous=FULL", "fullfsync=ON", "foreign_keys=ON", "cell_size_check=ON"):
            db.execute(f"PRAGMA {pragma}")
        _check(db, path, check)
        migrations.apply(db)
        stack.pop_all()
    return db


def open_for_reading(folder: Path, check: bool = True) -> Database:
    """A connection that cannot write; raises EnvironmentProblem when there is no usable journal."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise EnvironmentProblem(
            str(folder), "there is no session journal in this folder", "Check the path."
        )
    address = f"{path.absolute().as_uri()}?mode=ro"
    with explained(path), ExitStack() as stack:
        connection = sqlite3.connect(
            address, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False
        )
        db = Database(stack.enter_context(closing(connection)), recursive_triggers=False)
        _check(db, path, check)
        if migrations.pending(db):
            raise damaged(path, "it has no tables of this version")
        stack.pop_all()
    return db


def open_in_memory() -> Database:
    """An empty journal that nothing survives."""
    db = Database(sqlite3.connect(":memory:", check_same_thread=False))
    migrations.apply(db)
    return db


def damaged(path: Path, reason: str) -> Damaged:
    """What to say about a journal that SQLite cannot use."""
    return Damaged(
        str(path),
        f"the session journal is damaged or not a journal ({reason})",
        "Nothing was changed in it. Keep this folder for the institution and start again with "
        "another --data folder.",
    )


def unwritable(folder: Path, problem: Exception) -> EnvironmentProblem:
    """What to say when the disk takes no more of a journal."""
    return EnvironmentProblem(
        str(folder),
        f"the session journal cannot be written ({problem})",
        "Free some space on this disk; what was recorded so far is safe.",
    )


def _check(db: Database, path: Path, every_page: bool) -> None:
    if every_page:
        found = [row[0] for row in db.execute("PRAGMA quick_check(1)").fetchall()]
        if found != ["ok"]:
            raise damaged(path, "; ".join(found))
    newer = {applied.name for applied in migrations.applied(db)} - _KNOWN
    if not all(name.isidentifier() for name in newer):
        raise damaged(path, "its list of versions is none")
    if newer:
        raise EnvironmentProblem(
            str(path),
            f"the session journal is of a newer program ({', '.join(sorted(newer))})",
            "Nothing was changed in it. Install the newer program again.",
        )


@contextmanager
def explained(path: Path, done: str = "opened") -> Iterator[None]:
    """Turn what SQLite says while a journal is opened or read into an EnvironmentProblem."""
    try:
        yield
    except sqlite3.ProgrammingError:  # a bug, such as a connection that is closed
        raise
    except UnicodeDecodeError as problem:
        raise damaged(path, "there is text in it that is none") from problem
    except sqlite3.OperationalError as problem:
        code = getattr(problem, "sqlite_errorcode", 0)
        if code in _NOT_THE_DISK:
            raise damaged(path, str(problem)) from problem
        raise EnvironmentProblem(
            str(path),
            f"the session journal cannot be {done} ({problem})",
            "Check that its disk has room and that you may write to its folder.",
        ) from problem
    except sqlite3.DatabaseError as problem:
        raise damaged(path, str(problem)) from problem
