"""The database and its twin, alike after whatever happened."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal import mirror, signing_keys, twin_log, writer
from proctor_desktop.journal.database import FILE_NAME
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.twin_log import Kind, TwinLog
from tests.fakes.journals import chain
from tests.fakes.sessions import (
    BOOT,
    as_after_a_power_cut,
    blob,
    entry,
    new_session,
    reading,
    urgent,
    writing,
)


@pytest.fixture(autouse=True)
def _an_older_state_of_the_disk_has_its_older_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_keys, "_destroyed", lambda _: True)


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return new_session(tmp_path / "data")


def twin_of(folder: SessionFolder, kind: Kind = Kind.RECORD) -> list[bytes]:
    return [line.content for line in twin_log.read(folder.path).lines() if line.kind is kind]


def kinds(folder: SessionFolder) -> list[str]:
    with reading(folder) as reader:
        return [record.kind for record in chain(reader)]


def assert_alike(folder: SessionFolder) -> None:
    with reading(folder) as reader:
        assert twin_of(folder) == list(reader.records())
        assert twin_of(folder, Kind.CHECKPOINT) == [one for _, one in reader.checkpoints()]
        assert twin_of(folder, Kind.RECEIPT) == [one for _, one in reader.receipts()]


def without_the_log_of_the_database(folder: SessionFolder, to: Path) -> SessionFolder:
    """A copy whose database lost all that is not checkpointed; the twin is whole."""
    cut = as_after_a_power_cut(folder, to)
    (cut.path / f"{FILE_NAME}-wal").unlink()
    return cut


def test_all_that_is_committed_is_in_both(folder: SessionFolder) -> None:
    with writing(folder) as journal:
        journal.append(urgent("session.open", None, blob(b"still")), entry("x"))
        journal.receipt(2, b"receipt")
        journal.append(urgent("y"))
    assert_alike(folder)
    assert len(twin_of(folder)) == 3


def test_the_twin_is_on_the_disk_before_the_database_commits(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    real = TwinLog.append

    def watched(self: TwinLog, *args: object) -> None:
        real(self, *args)  # type: ignore[arg-type]
        with closing(sqlite3.connect(folder.path / FILE_NAME)) as other:
            seen.append(other.execute("SELECT count(*) FROM records").fetchone()[0])

    monkeypatch.setattr(TwinLog, "append", watched)
    with writing(folder) as journal:
        journal.append(entry("a"))
        journal.append(entry("b"))
    assert seen == [0, 1]


def test_what_only_the_twin_has_is_taken_into_the_database(
    folder: SessionFolder, tmp_path: Path
) -> None:
    still = blob(b"still")
    with writing(folder) as journal:
        journal.append(urgent("session.open"))
        journal.append(urgent("violation.start", None, still))
        journal.receipt(2, b"receipt")
        cut = without_the_log_of_the_database(folder, tmp_path / "cut")
    with writing(cut, "boot-2") as journal:
        assert journal.head.seq == 2
        journal.append(entry("restart"))
    assert kinds(cut) == ["session.open", "violation.start", "restart"]
    assert_alike(cut)
    with reading(cut) as reader:
        assert reader.named_blobs() == {still.sha256}
        assert reader.receipted_seq() == 2
        assert reader.delivery().pending_blobs == 1


def test_a_twin_that_is_gone_is_written_anew(folder: SessionFolder) -> None:
    with writing(folder) as journal:
        journal.append(urgent("session.open"), entry("x"))
        journal.receipt(2, b"receipt")
    (folder.path / "records.log").unlink()
    with writing(folder) as journal:
        journal.append(entry("y"))
    assert_alike(folder)
    assert len(twin_of(folder)) == 3


def test_a_twin_that_was_damaged_in_the_middle_is_made_whole_again(folder: SessionFolder) -> None:
    with writing(folder) as journal:
        for number in range(20):
            journal.append(entry(number=number))
    path = folder.path / "records.log"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert len(twin_of(folder)) < 20
    with writing(folder) as journal:
        journal.append(entry(number=20))
    assert_alike(folder)


def test_where_they_contradict_each_other_the_database_is_right(
    folder: SessionFolder, tmp_path: Path
) -> None:
    with writing(folder) as journal:
        journal.append(urgent("session.open"))
        before = (folder.path / "records.log").read_bytes()
        journal.append(urgent("seen by the endpoint"))
        told = (folder.path / "records.log").read_bytes()
    (folder.path / "records.log").write_bytes(before)
    other = as_after_a_power_cut(folder, tmp_path / "other")
    with closing(sqlite3.connect(other.path / FILE_NAME)) as raw:
        for table in ("records", "checkpoints"):
            raw.execute(f"DROP TRIGGER {table}_refuse_delete")
            raw.execute(f"DELETE FROM {table} WHERE seq = 2")  # noqa: S608
        raw.commit()
    with writing(other) as journal:
        journal.append(urgent("never sent"), urgent("nor this"))
    (folder.path / "records.log").write_bytes((other.path / "records.log").read_bytes())
    assert told != (folder.path / "records.log").read_bytes()
    with writing(folder) as journal:
        journal.append(entry("z"))
    assert kinds(folder) == ["session.open", "seen by the endpoint", "z"]
    assert_alike(folder)


def test_of_a_commit_that_failed_nothing_stays_in_the_twin(
    folder: SessionFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(folder) as journal:
        journal.append(urgent("session.open"))
        with monkeypatch.context() as patch:
            Refusing(journal, patch)
            with pytest.raises(EnvironmentProblem, match="I/O error"):
                journal.append(urgent("refused"))
        cut = without_the_log_of_the_database(folder, tmp_path / "cut")
        journal.append(entry("small"))
    assert kinds(folder) == ["session.open", "small"]
    assert_alike(folder)
    with writing(cut):
        assert kinds(cut) == ["session.open"]


class Refusing:
    """A commit that the disk refuses once, after the twin was written."""

    def __init__(self, journal: writer.Writer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 1
        real = mirror.Mirror.copy

        def copy(twin: mirror.Mirror, db: object, *rest: int) -> None:
            real(twin, db, *rest)  # type: ignore[arg-type]
            if self.left:
                self.left -= 1
                problem = sqlite3.OperationalError("disk I/O error")
                problem.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
                raise problem

        monkeypatch.setattr(mirror.Mirror, "copy", copy)


def test_after_an_error_of_the_disk_the_database_is_opened_anew(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(folder) as journal:
        journal.append(urgent("session.open"))
        before = journal._db
        Refusing(journal, monkeypatch)
        with pytest.raises(EnvironmentProblem, match="I/O error"):
            journal.append(urgent("lost"))
        assert journal._db is not before
        journal.append(urgent("x"))
    assert kinds(folder) == ["session.open", "x"]
    assert_alike(folder)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_a_twin_that_cannot_be_written_does_not_stop_the_journal_and_is_told(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(mirror, "RETRY_S", 0.0)

    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    with writing(folder) as journal:
        journal.append(entry("session.open"))
        with monkeypatch.context() as patch:
            patch.setattr(twin_log.os, "write", refuse)
            journal.append(entry("a"))
            journal.append(entry("b"))
        journal.append(entry("c"))
        journal.append(entry("d"))
    with reading(folder) as reader:
        states = [r.data for r in chain(reader) if r.kind == "twin_log"]
    assert [state["state"] for state in states] == ["lost", "ok"]
    assert states[0]["reason"] == os.strerror(number)
    assert kinds(folder) == ["session.open", "a", "twin_log", "b", "c", "twin_log", "d"]
    assert_alike(folder)


def test_a_twin_in_trouble_is_not_tried_with_every_commit(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def refuse(*args: object) -> int:
        tried.append(args)
        raise OSError(errno.EIO, "Input/output error")

    with writing(folder) as journal:
        journal.append(entry("session.open"))
        journal.append(entry("x"))  # by now the key for the next checkpoint is made
        with monkeypatch.context() as patch:
            patch.setattr(twin_log.os, "write", refuse)
            for _ in range(10):
                journal.append(entry("x"))
    assert len(tried) == 2  # its file, and a new one


def test_a_long_trouble_is_made_up_for_in_pieces(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "_TOGETHER", 7)
    monkeypatch.setattr(mirror, "RETRY_S", 0.0)
    with writing(folder) as journal:
        with monkeypatch.context() as patch:
            patch.setattr(TwinLog, "append", _no_room)
            for number in range(30):
                journal.append(urgent("x", None, number=number))
                journal.receipt(journal.head.seq, b"receipt %d" % number)
        journal.append(entry("y"))
    assert_alike(folder)


def _no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_twin_that_cannot_be_read_is_begun_anew(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(folder) as journal:
        journal.append(urgent("session.open"))

    def unreadable(_: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(twin_log, "read", unreadable)
        with writing(folder, BOOT) as journal:
            journal.append(entry("x"))
    assert [path.name for _, path in twin_log.files(folder.path)] == [
        "records.log",
        "records-2.log",
    ]
    assert_alike(folder)
