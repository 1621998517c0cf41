"""Making a journal usable again before anybody reads it; whatever was there is kept.

A database that SQLite calls damaged, whose chain does not hold, or that is gone is written again
from the twin log, and behind that from those of its own records that can still be read. The old
files stay in the folder as ``damaged-1-journal.db`` and so on; the next ``restart`` record names
them. Deliveries begin anew: the endpoint knows blobs by their hash and answers what it has already.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from proctor_desktop.core.chain import EMPTY
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.durability import sync_folder
from proctor_desktop.journal import reserve, twin_log
from proctor_desktop.journal.blobs import sync_file
from proctor_desktop.journal.database import (
    FILE_NAME,
    Damaged,
    damaged,
    explained,
    open_for_writing,
)
from proctor_desktop.journal.mirror import bring_up, head_of, insert
from proctor_desktop.journal.session_folder import exclusive
from proctor_desktop.journal.twin_log import Kind, Line, Twin

_DRAFT = "rebuilding"
_BESIDE = ("-wal", "-shm", "")
"""What SQLite keeps beside a database; the database last, so that a crash leaves the journal."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What was found and done.

    ``damage`` is empty if the database was in order; ``records`` counts those that only the twin
    had.
    """

    damage: str = ""
    records: int = 0


def mend(folder: Path) -> Mended:
    """Check the journal in ``folder`` and write it again if that is needed and possible.

    On a full disk the part of the reserve that is meant for stills is given up for it: records come
    first. Raises EnvironmentProblem, with nothing changed, for what is neither in order nor in the
    twin.
    """
    try:
        return _mended(folder)
    except Damaged:
        raise
    except EnvironmentProblem:
        if not reserve.give_up(folder, reserve.STILL):
            raise
        return _mended(folder)


def mend_unless_in_use(data: Path, folder: Path) -> None:
    """Let the database of a session of ``data`` have all that its twin has; see :func:`mend`.

    A session that ended on a full disk may have its last records in the twin only. Where a monitor
    is writing, or nobody may, all stays as it is.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive(data))
        except EnvironmentProblem:
            return
        mend(folder)


def _mended(folder: Path) -> Mended:
    try:
        if not (folder / FILE_NAME).exists():
            raise damaged(folder / FILE_NAME, "it is gone")
        with explained(folder / FILE_NAME), closing(open_for_writing(folder)) as db:
            return Mended(records=bring_up(db, twin_log.read(folder)))
    except Damaged as problem:
        return _rebuilt(folder, problem)
    except OSError as problem:
        raise _unreadable(folder, problem) from problem


def rebuild(folder: Path, damage: str) -> Mended:
    """Write the journal again although SQLite has nothing against it; see :func:`mend`."""
    return _rebuilt(folder, damaged(folder / FILE_NAME, damage))


def put_aside(folder: Path) -> list[str]:
    """The names of the databases that were found damaged, oldest first."""
    found = {path.name.removesuffix("-wal").removesuffix("-shm") for path in _aside(folder)}
    return sorted(found, key=lambda name: int(name.split("-")[1]))


def _rebuilt(folder: Path, problem: Damaged) -> Mended:
    draft = folder / _DRAFT
    shutil.rmtree(draft, ignore_errors=True)  # of a rebuilding that was interrupted: a copy
    try:
        draft.mkdir(mode=0o700)
        with closing(open_for_writing(draft)) as db:
            db.execute("PRAGMA synchronous=OFF")  # it counts when it is whole, and synced then
            records = _fill(db, folder, twin_log.read(folder))
        if not records:
            shutil.rmtree(draft)
            raise problem
        sync_file(draft / FILE_NAME)
        _exchange(folder, draft)
    except (OSError, sqlite3.Error) as refused:
        raise _unreadable(folder, refused) from refused
    return Mended(problem.why, records)


def _fill(db: Database, folder: Path, twin: Twin) -> int:
    with db.atomic():
        records = insert(db, EMPTY, twin.lines())
        if not records:
            return 0
        for kind, behind, query in (
            (Kind.RECORD, records, "SELECT seq, committed_ns, bytes FROM records WHERE seq > ?"),
            (Kind.CHECKPOINT, 0, "SELECT seq, 0, envelope FROM checkpoints WHERE seq > ?"),
            (Kind.RECEIPT, 0, "SELECT seq, received_ns, envelope FROM receipts WHERE seq > ?"),
        ):
            rows = takewhile(_is_line, _readable(folder, query, behind))
            insert(db, head_of(db), (Line(kind, *row) for row in rows))
        for row in _readable(folder, "SELECT name, value FROM facts WHERE ? = 0", 0):
            db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", row)
    return head_of(db).seq


def _readable(folder: Path, query: str, behind: int) -> Iterator[tuple[Any, ...]]:
    """The rows that a damaged database still gives; it ends where that ends."""
    try:
        address = f"{(folder / FILE_NAME).absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as db:
            yield from db.execute(query, (behind,))
    except (sqlite3.Error, UnicodeDecodeError):
        return


def _is_line(row: tuple[Any, ...]) -> bool:
    """A damaged database may give anything."""
    seq, stamp_ns, content = row
    return isinstance(seq, int) and isinstance(stamp_ns, int) and isinstance(content, bytes)


def _exchange(folder: Path, draft: Path) -> None:
    number = 1 + max((int(path.name.split("-")[1]) for path in _aside(folder)), default=0)
    for beside in _BESIDE:
        old = folder / (FILE_NAME + beside)
        if old.exists():
            old.rename(folder / f"damaged-{number}-{FILE_NAME}{beside}")
    sync_folder(folder)
    (draft / FILE_NAME).rename(folder / FILE_NAME)
    sync_folder(folder)
    draft.rmdir()


def _aside(folder: Path) -> list[Path]:
    return list(folder.glob(f"damaged-*-{FILE_NAME}*"))


def _unreadable(folder: Path, problem: OSError | sqlite3.Error) -> EnvironmentProblem:
    return EnvironmentProblem(
        str(folder),
        f"the session journal cannot be repaired ({problem})",
        "Nothing was lost by this. Check that its disk has room and that you may write to it.",
    )
