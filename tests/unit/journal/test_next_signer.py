"""How far a session is signed, and whether anybody can sign the rest."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from proctor_desktop.journal.next_signer import signed_seq, why_unsignable
from proctor_desktop.journal.session_folder import SessionFolder
from tests.fakes.sessions import entry, new_session, reading, urgent, writing


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    made = new_session(tmp_path)
    with writing(made) as writer:
        writer.append(urgent("session.open"))
        writer.append(urgent("consent"))
        writer.append(entry())
    return made


def seen(folder: SessionFolder) -> tuple[int, str]:
    with reading(folder) as reader:
        return signed_seq(reader), why_unsignable(reader)


def test_a_session_with_its_keys_can_be_signed(folder: SessionFolder) -> None:
    assert seen(folder) == (2, "")


def test_one_without_any_checkpoint_is_signed_by_its_own_key_first(tmp_path: Path) -> None:
    folder = new_session(tmp_path)
    assert seen(folder) == (0, "")
    (folder.path / "delegation.dsse").unlink()
    assert "No such file" in seen(folder)[1]


@pytest.mark.parametrize("content", [b"", b"no key"])
def test_a_key_that_is_none_signs_nothing(folder: SessionFolder, content: bytes) -> None:
    for path in folder.keys.iterdir():
        path.write_bytes(content)
    assert seen(folder) == (2, "the key that has to sign next is gone")


def test_keys_that_are_gone_sign_nothing(folder: SessionFolder) -> None:
    shutil.rmtree(folder.keys)
    assert seen(folder) == (2, "the key that has to sign next is gone")


def test_a_checkpoint_that_is_none_covers_nothing(folder: SessionFolder) -> None:
    with closing(sqlite3.connect(folder.path / "journal.db")) as raw:
        raw.execute("DROP TRIGGER checkpoints_refuse_update")
        raw.execute("UPDATE checkpoints SET envelope = x'ff00' WHERE seq = 2")
        raw.commit()
    seq, why = seen(folder)
    assert seq == 1
    assert "last checkpoint is none" in why
