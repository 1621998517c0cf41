"""What stands behind the last checkpoint of a session that nobody can sign any more."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.monitor.unsigned_tail import unsigned_tail
from tests.fakes.sessions import entry, new_session, reading, store, urgent, writing


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    made = new_session(tmp_path)
    with writing(made) as writer:
        writer.append(urgent("session.open", None, session_key=made.session_key()))
        for number in range(2):
            kept = store(made).keep(b"still %d" % number, "image/jpeg")
            writer.append(entry("violation.start", None, kept))
    return made


def test_what_can_still_be_signed_is_none(folder: SessionFolder) -> None:
    with reading(folder) as reader:
        assert unsigned_tail(reader) is None


def test_without_the_key_records_and_files_behind_the_checkpoint_are(folder: SessionFolder) -> None:
    shutil.rmtree(folder.keys)
    with reading(folder) as reader:
        tail = unsigned_tail(reader)
    assert tail is not None
    assert (tail.first_seq, tail.last_seq, tail.blobs, tail.items) == (2, 3, 2, 4)
    assert "records 2 to 3 and 2 files that only they name cannot be delivered" in str(tail)


def test_without_the_key_what_is_signed_to_its_end_is_none(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        writer.append(urgent("session.close"))
    shutil.rmtree(folder.keys)
    with reading(folder) as reader:
        assert unsigned_tail(reader) is None


def test_what_the_endpoint_has_acknowledged_is_none(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        writer.receipt(2, b"a receipt")
    shutil.rmtree(folder.keys)
    with reading(folder) as reader:
        tail = unsigned_tail(reader)
    assert tail is not None
    assert (tail.first_seq, tail.last_seq) == (3, 3)
