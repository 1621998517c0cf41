"""A damaged database is written again, and nothing of it is thrown away."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal import mend as module
from proctor_desktop.journal.database import FILE_NAME
from proctor_desktop.journal.ledger import State
from proctor_desktop.journal.mend import Mended, mend, mend_unless_in_use, put_aside
from proctor_desktop.journal.reserve import LOG, Pieces, Reserve
from proctor_desktop.journal.reserve import STILL as STILLS
from proctor_desktop.journal.session_folder import SessionFolder, exclusive, existing
from tests.fakes.journals import chain
from tests.fakes.sessions import blob, entry, new_session, reading, urgent, writing

STILL = blob(b"a still")


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    """Thirty records, a delivered blob, a receipt, a token."""
    made = new_session(tmp_path)
    with writing(made) as writer:
        writer.append(urgent("session.open"), urgent("violation.start", None, STILL))
        for number in range(28):
            writer.append(entry(number=number))
        writer.receipt(2, b"receipt")
        writer.mark(STILL.sha256, State.RECEIPTED)
        writer.fact("token", "secret")
    return made


def evidence(folder: SessionFolder) -> tuple[list[bytes], list[object], list[object]]:
    with reading(folder) as reader:
        chain(reader)
        return list(reader.records()), list(reader.checkpoints()), list(reader.receipts())


def test_a_journal_in_order_is_left_as_it_is(folder: SessionFolder) -> None:
    before = (folder.path / FILE_NAME).read_bytes()
    assert mend(folder.path) == Mended()
    assert (folder.path / FILE_NAME).read_bytes() == before
    assert put_aside(folder.path) == []


@pytest.mark.parametrize("damage", ["garbage", "a page", "nothing", "gone"])
def test_a_damaged_journal_is_put_aside_and_written_again(
    folder: SessionFolder, damage: str
) -> None:
    before, path = evidence(folder), folder.path / FILE_NAME
    content = bytearray(path.read_bytes())
    if damage == "garbage":
        content[:] = b"no database " * (len(content) // 12)
    elif damage == "a page":
        content[4096 + 3 : 4096 + 8] = b"\xff" * 5
    elif damage == "nothing":
        content[100:] = b""
    path.write_bytes(bytes(content))
    if damage == "gone":
        path.unlink()
    mended = mend(folder.path)
    assert mended.damage
    assert mended.records == 30
    assert evidence(folder) == before
    assert existing(folder.path.parent) == [folder]
    if damage != "gone":
        assert put_aside(folder.path) == ["damaged-1-journal.db"]
        assert (folder.path / "damaged-1-journal.db").read_bytes() == bytes(content)
    assert mend(folder.path) == Mended()


def test_deliveries_begin_anew(folder: SessionFolder) -> None:
    (folder.path / FILE_NAME).write_bytes(b"no database" * 1000)
    mend(folder.path)
    with reading(folder) as reader:
        assert reader.next_blob(30) is not None
        assert reader.receipted_seq() == 2


def test_what_can_be_read_of_a_damaged_database_is_used(folder: SessionFolder) -> None:
    before, twin = evidence(folder), folder.path / "records.log"
    twin.write_bytes(twin.read_bytes()[:-2000])
    mended = module.rebuild(folder.path, "for a test")
    assert (mended.damage, mended.records) == (
        "the session journal is damaged or not a journal (for a test)",
        30,
    )
    assert evidence(folder) == before
    with reading(folder) as reader:
        assert reader.fact("token") == "secret"


def test_a_second_damage_does_not_overwrite_the_first(folder: SessionFolder) -> None:
    for content in (b"first" * 100, b"second" * 100):
        (folder.path / FILE_NAME).write_bytes(content)
        mend(folder.path)
    assert put_aside(folder.path) == ["damaged-1-journal.db", "damaged-2-journal.db"]
    assert (folder.path / "damaged-1-journal.db").read_bytes() == b"first" * 100


def test_without_a_twin_nothing_is_changed(folder: SessionFolder) -> None:
    (folder.path / "records.log").unlink()
    (folder.path / FILE_NAME).write_bytes(b"no database" * 1000)
    before = sorted(path.name for path in folder.path.iterdir())
    with pytest.raises(EnvironmentProblem, match="damaged or not a journal"):
        mend(folder.path)
    assert sorted(path.name for path in folder.path.iterdir()) == before


class PowerCut(BaseException):
    """The computer stops."""


@pytest.mark.parametrize("step", range(12))
def test_a_power_cut_at_any_step_of_it_is_mended_at_the_next_start(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    before, left = evidence(folder), [step]
    for beside in ("", "-wal", "-shm"):
        (folder.path / (FILE_NAME + beside)).write_bytes(b"no database" * 1000)

    def counted(real: object) -> object:
        def call(*args: object, **options: object) -> object:
            if not left[0]:
                raise PowerCut
            left[0] -= 1
            return real(*args, **options)  # type: ignore[operator]

        return call

    with monkeypatch.context() as patch:
        for name in ("rename", "mkdir", "rmdir"):
            patch.setattr(Path, name, counted(getattr(Path, name)))
        patch.setattr(module, "sync_folder", counted(module.sync_folder))
        with suppress(PowerCut):
            mend(folder.path)
    assert existing(folder.path.parent) == [folder]
    mend(folder.path)
    assert evidence(folder) == before
    kept = [path.read_bytes() for path in folder.path.glob("damaged-*-journal.db")]
    assert b"no database" * 1000 in kept


def test_a_refusing_disk_is_told_with_a_remedy(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.path / FILE_NAME).write_bytes(b"no database" * 1000)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_exchange", full)
    with pytest.raises(EnvironmentProblem, match=r"cannot be repaired.*No space left"):
        mend(folder.path)
    monkeypatch.undo()
    shutil.rmtree(folder.path / "rebuilding", ignore_errors=True)
    assert mend(folder.path).records == 30


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"records_and_deliveries", b"\xffecords_and_deliveries"),
        (b"CREATE TABLE facts", b"CREATE TABLE f\xff\xfets"),
    ],
)
def test_text_that_is_none_is_damage_too(folder: SessionFolder, old: bytes, new: bytes) -> None:
    before, path = evidence(folder), folder.path / FILE_NAME
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    assert mend(folder.path).damage
    assert evidence(folder) == before


@pytest.fixture
def behind(tmp_path: Path) -> SessionFolder:
    """A session that ended on a full disk: the last of three records is in the twin only."""
    made = new_session(tmp_path / "data")
    with writing(made) as writer:
        writer.append(urgent("session.open"), entry("x"))
        shutil.copy(made.path / FILE_NAME, tmp_path)
        shutil.copy(f"{made.path / FILE_NAME}-wal", tmp_path)
        writer.append(entry("session.close"))
    for path in tmp_path.glob(f"{FILE_NAME}*"):
        path.replace(made.path / path.name)
    return made


def test_what_only_the_twin_has_is_there_for_whoever_reads_next(behind: SessionFolder) -> None:
    assert len(evidence(behind)[0]) == 2
    mend_unless_in_use(behind.path.parent, behind.path)
    assert len(evidence(behind)[0]) == 3


def test_a_session_that_is_being_written_is_left_to_its_monitor(behind: SessionFolder) -> None:
    with exclusive(behind.path.parent):
        mend_unless_in_use(behind.path.parent, behind.path)
    assert len(evidence(behind)[0]) == 2


def test_on_a_full_disk_the_records_get_the_space_of_stills(
    behind: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    Reserve(behind.path, (Pieces(LOG, 1, 4096), Pieces(STILLS, 1, 4096))).take()
    bring_up = module.bring_up

    def full_at_first(*args: Any) -> int:
        if (behind.path / "reserve" / "still-001").exists():
            problem = sqlite3.OperationalError("database or disk is full")
            problem.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise problem
        return bring_up(*args)

    monkeypatch.setattr(module, "bring_up", full_at_first)
    assert mend(behind.path) == Mended(records=1)
    assert [path.name for path in (behind.path / "reserve").iterdir()] == ["log-001"]
