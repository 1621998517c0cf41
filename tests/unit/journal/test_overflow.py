"""A database without room: the twin goes on alone, and the database gets all of it later."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal import overflow, twin_log
from proctor_desktop.journal import writer as module
from proctor_desktop.journal.database import open_for_writing
from proctor_desktop.journal.mend import mend
from proctor_desktop.journal.mirror import Mirror
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.twin_log import Kind
from proctor_desktop.journal.writer import Writer
from tests.fakes.journals import chain
from tests.fakes.sessions import (
    as_after_a_power_cut,
    blob,
    entry,
    new_session,
    reading,
    urgent,
    writing,
)

LONG = "x" * 100_000


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return new_session(tmp_path / "data")


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> list[Database]:
    """A disk on which the database cannot grow by more than a few pages; its connections."""
    opened: list[Database] = []

    def small(path: Path, check: bool = True) -> Database:
        db = open_for_writing(path, check)
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count={pages + 4}")
        opened.append(db)
        return db

    monkeypatch.setattr(module, "open_for_writing", small)
    return opened


def make_room(opened: list[Database]) -> None:
    opened[-1].execute("PRAGMA max_page_count=100000")


def kinds(folder: SessionFolder) -> list[str]:
    with reading(folder) as reader:
        return [record.kind for record in chain(reader)]


def in_twin(folder: SessionFolder) -> int:
    return len(twin_log.read(folder.path).records)


def fill(writer: Writer) -> None:
    """Two records with a file that the database has no room for, and one that it might have."""
    writer.append(urgent("violation.start", None, blob(b"still"), text=LONG))
    writer.append(entry("x", text=LONG))
    writer.append(entry("small"))


@pytest.mark.usefixtures("full")
def test_what_the_database_has_no_room_for_is_durable_in_the_twin(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        writer.append(urgent("session.open"))
        fill(writer)
        assert writer.head.seq == in_twin(folder) == 4
        assert kinds(folder) == ["session.open"]
    assert kinds(folder) == ["session.open"]


def test_the_database_gets_it_as_soon_as_there_is_room(
    folder: SessionFolder, full: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overflow, "RETRY_S", 0.0)
    with writing(folder) as writer:
        writer.append(urgent("session.open"))
        fill(writer)
        make_room(full)
        writer.append(urgent("y"))
        assert kinds(folder) == ["session.open", "violation.start", "x", "small", "y"]
    with reading(folder) as reader:
        assert reader.named_blobs() == {blob(b"still").sha256}
        assert reader.delivery().pending_blobs == 1
        twin = twin_log.read(folder.path).lines()
        lines = [line.content for line in twin if line.kind is Kind.CHECKPOINT]
        assert lines == [envelope for _, envelope in reader.checkpoints()]


def test_after_a_kill_the_next_start_takes_it_from_the_twin(
    folder: SessionFolder, full: list[Database], tmp_path: Path
) -> None:
    with writing(folder) as writer:
        writer.append(urgent("session.open"))
        fill(writer)
        killed = as_after_a_power_cut(folder, tmp_path / "killed")
    full.clear()
    assert mend(killed.path).records == 3
    with writing(killed) as writer:
        writer.append(urgent("restart"))
    assert kinds(killed) == ["session.open", "violation.start", "x", "small", "restart"]


def test_settling_says_that_readers_do_not_see_all(
    folder: SessionFolder, full: list[Database]
) -> None:
    with writing(folder) as writer:
        writer.append(urgent("session.open"))
        writer.settle()
        fill(writer)
        with pytest.raises(EnvironmentProblem, match=r"cannot be written.*full"):
            writer.settle()
        make_room(full)
        writer.settle()
        assert len(kinds(folder)) == 4


def test_closing_tries_it_a_last_time(folder: SessionFolder, full: list[Database]) -> None:
    with writing(folder) as writer:
        writer.append(urgent("session.open"))
        fill(writer)
        make_room(full)
    assert len(kinds(folder)) == 4


def test_what_only_the_database_holds_is_refused_meanwhile(
    folder: SessionFolder, full: list[Database]
) -> None:
    with writing(folder) as writer:
        writer.append(urgent("session.open"))
        fill(writer)
        with pytest.raises(EnvironmentProblem, match="full"):
            writer.fact("token", LONG)
        writer.receipt(1, b"receipt")
        make_room(full)
        writer.settle()
        writer.fact("token", LONG)
    assert set(twin_log.read(folder.path).receipts) == {1}
    assert len(kinds(folder)) == 4


def test_when_the_twin_has_no_room_either_it_is_refused_and_the_database_tried_at_once(
    folder: SessionFolder, full: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with writing(folder) as writer:
        writer.append(urgent("session.open"))
        fill(writer)
        with monkeypatch.context() as disk:
            disk.setattr(Mirror, "_append", no_room)
            with pytest.raises(EnvironmentProblem, match="No space left"):
                writer.append(entry("lost"))
        assert writer.head.seq == in_twin(folder) == 4
        make_room(full)
        writer.append(entry("kept"))
        assert kinds(folder)[1:] == ["violation.start", "x", "small", "twin_log", "kept"]


def test_only_want_of_room_is_a_reason() -> None:
    problem = sqlite3.OperationalError("disk I/O error")
    problem.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    assert not overflow.has_no_room(problem)
    problem.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert overflow.has_no_room(problem)
    assert not overflow.has_no_room(ValueError())
