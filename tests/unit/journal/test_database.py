"""The journal's file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal.database import FILE_NAME, open_for_reading, open_for_writing
from proctor_desktop.journal.session_folder import SessionFolder
from tests.fakes.sessions import blob, entry, new_session, urgent, writing


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    """A session with two records, a blob, a checkpoint and a receipt."""
    made = new_session(tmp_path)
    with writing(made) as writer:
        writer.append(urgent("session.open"), entry("violation.start", None, blob(b"a still")))
        writer.receipt(1, b"receipt")
    return made


def test_a_commit_survives_a_power_cut_by_the_settings(folder: SessionFolder) -> None:
    with closing(open_for_writing(folder.path)) as db:
        pragmas = {
            name: db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "fullfsync")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "fullfsync": 1}


@pytest.mark.parametrize("table", ["records", "blobs", "checkpoints", "receipts"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET seq = seq + 1", "DELETE FROM {}"])
def test_evidence_can_be_neither_changed_nor_removed(
    folder: SessionFolder, table: str, statement: str
) -> None:
    with closing(open_for_writing(folder.path)) as db:
        before = db.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
        assert before
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            db.execute(statement.format(table))
        assert db.execute(f"SELECT * FROM {table}").fetchall() == before  # noqa: S608


def test_evidence_cannot_be_replaced_either(folder: SessionFolder) -> None:
    with closing(open_for_writing(folder.path)) as db:
        db.execute("PRAGMA recursive_triggers=ON")
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("INSERT OR REPLACE INTO records VALUES (1, 'x', 'x', x'00', 0)")


def test_the_state_of_delivery_may_change(folder: SessionFolder) -> None:
    with closing(open_for_writing(folder.path)) as db:
        db.execute("UPDATE ledger SET state = 'receipted'")
        db.execute("DELETE FROM facts")


def test_a_reader_cannot_write(folder: SessionFolder) -> None:
    with (
        closing(open_for_reading(folder.path)) as db,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        db.execute("INSERT INTO facts VALUES ('a', 'b')")


def test_opening_again_changes_nothing(folder: SessionFolder) -> None:
    for _ in range(2):
        with closing(open_for_writing(folder.path)) as db:
            assert db.execute("SELECT count(*) FROM records").fetchone()[0] == 2


def test_without_a_journal_there_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="no session journal"):
        open_for_reading(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_journal_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"this is no database at all, but it is long enough " * 100)
    before = path.read_bytes()
    for opening in (open_for_reading, open_for_writing):
        with pytest.raises(EnvironmentProblem, match="damaged or not a journal") as caught:
            opening(tmp_path)
        assert str(path) in str(caught.value)
    assert path.read_bytes() == before


def test_an_empty_file_is_no_journal_to_read(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    with pytest.raises(EnvironmentProblem, match="no tables"):
        open_for_reading(tmp_path)


def test_a_damaged_page_is_noticed_on_opening(folder: SessionFolder) -> None:
    path = folder.path / FILE_NAME
    content = bytearray(path.read_bytes())
    content[4096 + 3 : 4096 + 8] = b"\xff" * 5
    path.write_bytes(bytes(content))
    for opening in (open_for_reading, open_for_writing):
        with pytest.raises(EnvironmentProblem, match="damaged"):
            opening(folder.path)


def test_a_journal_of_a_newer_program_is_not_touched(folder: SessionFolder) -> None:
    with closing(sqlite3.connect(folder.path / FILE_NAME)) as raw:
        raw.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('journal', 'sealed_blobs', 'tomorrow')"
        )
        raw.commit()
    for opening in (open_for_reading, open_for_writing):
        with pytest.raises(EnvironmentProblem, match=r"newer program \(sealed_blobs\)"):
            opening(folder.path)


def test_a_disk_that_refuses_is_not_called_damage(folder: SessionFolder) -> None:
    (folder.path / FILE_NAME).rename(folder.path / "aside")
    (folder.path / FILE_NAME).mkdir()
    with pytest.raises(EnvironmentProblem, match="cannot be opened"):
        open_for_writing(folder.path)
