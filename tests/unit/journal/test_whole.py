"""A journal that can be read from its first record to its last."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal.database import FILE_NAME, Damaged
from proctor_desktop.journal.mend import put_aside
from proctor_desktop.journal.session_folder import SessionFolder, exclusive
from proctor_desktop.journal.whole import make_whole, open_whole
from tests.fakes.sessions import entry, new_session, reading, urgent, writing

RECORDS = 200
PAGE_BYTES = 4096


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    made = new_session(tmp_path)
    with writing(made) as writer:
        writer.append(urgent("session.open"))
        writer.append(*(entry("observations", None, events=["x" * 300]) for _ in range(RECORDS)))
    return made


def overwrite_pages(folder: SessionFolder) -> None:
    path = folder.path / FILE_NAME
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // PAGE_BYTES * PAGE_BYTES)
        file.write(b"\xa5" * PAGE_BYTES * 8)


def change_a_record(folder: SessionFolder, seq: int) -> None:
    with closing(sqlite3.connect(folder.path / FILE_NAME)) as raw:
        raw.execute("DROP TRIGGER records_refuse_update")
        raw.execute(
            "UPDATE records SET bytes = CAST(replace(bytes, 'xxx', 'yyy') AS BLOB) WHERE seq = ?",
            (seq,),
        )
        raw.commit()


def lose_the_database(folder: SessionFolder) -> None:
    (folder.path / FILE_NAME).unlink()


DAMAGES = pytest.mark.parametrize(
    "damage",
    [
        overwrite_pages,
        lose_the_database,
        lambda folder: change_a_record(folder, 100),
        lambda folder: change_a_record(folder, RECORDS + 1),
    ],
    ids=["pages", "gone", "a record", "the last record"],
)


@DAMAGES
def test_what_is_damaged_is_written_again_before_it_is_read(
    folder: SessionFolder, tmp_path: Path, damage: object
) -> None:
    with reading(folder) as reader:
        before = list(reader.records())
    assert callable(damage)
    damage(folder)
    with open_whole(tmp_path, folder) as reader:
        assert list(reader.records()) == before


@DAMAGES
def test_whoever_holds_the_folder_makes_it_whole_at_once(
    folder: SessionFolder, damage: object
) -> None:
    assert callable(damage)
    damage(folder)
    for _ in range(2):
        make_whole(folder.path)
    with reading(folder) as reader:
        assert reader.head().seq == RECORDS + 1
    assert len(put_aside(folder.path)) <= 1, "once is enough"


def test_what_is_in_order_is_read_while_a_monitor_writes_it(
    folder: SessionFolder, tmp_path: Path
) -> None:
    with exclusive(tmp_path), writing(folder) as writer:
        writer.append(entry())
        with open_whole(tmp_path, folder) as reader:
            assert reader.head().seq == RECORDS + 2
    assert put_aside(folder.path) == []


def test_what_would_have_to_be_mended_is_left_to_the_monitor_that_uses_it(
    folder: SessionFolder, tmp_path: Path
) -> None:
    overwrite_pages(folder)
    with exclusive(tmp_path), pytest.raises(EnvironmentProblem, match="another monitor"):
        open_whole(tmp_path, folder)


def test_what_cannot_be_mended_is_said(folder: SessionFolder, tmp_path: Path) -> None:
    (folder.path / "records.log").unlink()
    (folder.path / FILE_NAME).write_bytes(b"no database" * 1000)
    with pytest.raises(Damaged):
        open_whole(tmp_path, folder)
