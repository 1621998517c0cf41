"""Reading a journal beside its writer."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from proctor_desktop.core.chain import EMPTY, decode, digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal.database import Damaged
from proctor_desktop.journal.ledger import State
from proctor_desktop.journal.reader import Reader
from tests.fakes.broken_disk import Unreadable
from tests.fakes.journals import chain
from tests.fakes.sessions import EXAM, blob, entry, new_session, reading, store, urgent, writing


def test_a_new_session_is_empty(tmp_path: Path) -> None:
    folder = new_session(tmp_path)
    with reading(folder) as reader:
        assert reader.head() == EMPTY
        assert list(reader.records()) == []
        assert list(reader.checkpoints()) == list(reader.receipts()) == []
        assert reader.receipted_seq() == 0
        assert reader.fact("token") is None
        assert (reader.session, reader.exam_envelope()) == (folder.session, EXAM)


def test_each_look_sees_what_is_committed_by_then(tmp_path: Path) -> None:
    folder = new_session(tmp_path)
    with writing(folder) as writer, reading(folder) as reader:
        for number in range(1, 4):
            head = writer.append(entry(number=number))
            assert reader.head() == head
            assert len(chain(reader)) == number


def test_a_range_of_records_excludes_its_start_and_includes_its_end(tmp_path: Path) -> None:
    folder = new_session(tmp_path)
    with writing(folder) as writer, reading(folder) as reader:
        writer.append(*[entry(number=n) for n in range(1, 6)])
        picked = list(reader.records(1, 3))
        assert [decode(raw).seq for raw in picked] == [2, 3]
        assert reader.size_bytes(1, 3) == sum(len(raw) for raw in picked)
        assert reader.size_bytes(5, 9) == 0


def test_records_can_be_asked_for_by_kind(tmp_path: Path) -> None:
    folder = new_session(tmp_path)
    with writing(folder) as writer, reading(folder) as reader:
        writer.append(entry("a"), entry("b"), entry("c"), entry("a"))
        kinds = [decode(raw).kind for raw in reader.records_of(["c", "a"])]
        assert kinds == ["a", "c", "a"]
        assert list(reader.records_of([])) == []


def test_the_checkpoints_of_a_span_are_found(tmp_path: Path) -> None:
    folder = new_session(tmp_path)
    with writing(folder) as writer, reading(folder) as reader:
        for _ in range(3):
            writer.append(urgent("x"), entry("y"))
        signed = [seq for seq, _ in reader.checkpoints()]
        assert signed == [2, 4, 6]
        assert reader.checkpoints_between(0, 5) == list(reader.checkpoints())[:2]
        assert reader.checkpoints_between(4, 5) == []
        assert reader.checkpoints_between(6, 506) == []


def test_times_of_commit_and_receipt_are_there_for_measuring(tmp_path: Path) -> None:
    folder = new_session(tmp_path)
    with writing(folder) as writer, reading(folder) as reader:
        writer.append(entry(), entry())
        writer.receipt(2, b"receipt")
        committed, received = reader.committed_ns(), reader.received_ns()
        assert set(committed) == {1, 2}
        assert received[2] >= committed[2] >= committed[1]


def test_blobs_that_are_named_and_those_that_are_here_are_told_apart(tmp_path: Path) -> None:
    folder = new_session(tmp_path)
    here = store(folder).keep(b"here", "image/jpeg")
    gone = blob(b"gone")
    with writing(folder) as writer, reading(folder) as reader:
        writer.append(entry("x", None, here, gone))
        assert reader.named_blobs() == {here.sha256, gone.sha256}
        assert reader.blob_path(here.sha256) == folder.blobs / here.sha256
        assert reader.blob_path(gone.sha256) is None


def test_a_folder_without_a_journal_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="no session journal"):
        Reader(tmp_path)


LOOKS = pytest.mark.parametrize(
    "look",
    [
        lambda r: r.head(),
        lambda r: list(r.records(0, 9)),
        lambda r: r.size_bytes(0, 9),
        lambda r: list(r.records_of(["consent"])),
        lambda r: r.committed_ns(),
        lambda r: r.received_ns(),
        lambda r: list(r.checkpoints()),
        lambda r: r.checkpoints_between(0, 9),
        lambda r: list(r.receipts()),
        lambda r: r.receipted_seq(),
        lambda r: r.next_blob(9),
        lambda r: r.refused(),
        lambda r: r.blobs_in(State.PENDING),
        lambda r: r.waiting_behind(0),
        lambda r: r.delivery(),
        lambda r: r.fact("token"),
        lambda r: r.named_blobs(),
    ],
)


@LOOKS
def test_a_disk_that_refuses_is_a_persons_problem_and_no_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: Callable[[Reader], object]
) -> None:
    with reading(new_session(tmp_path)) as reader:
        with monkeypatch.context() as patched:
            patched.setattr(reader, "_db", Unreadable())
            with pytest.raises(EnvironmentProblem, match=r"cannot be read \(disk I/O") as caught:
                look(reader)
        assert not isinstance(caught.value, Damaged)
        look(reader)


def test_what_is_damaged_is_called_so_and_a_closed_connection_is_a_bug(tmp_path: Path) -> None:
    folder = new_session(tmp_path)
    with reading(folder) as reader:
        with closing(sqlite3.connect(folder.path / "journal.db")) as raw:
            raw.execute("DROP TABLE facts")
            raw.commit()
        with pytest.raises(Damaged):
            reader.fact("token")
    with pytest.raises(sqlite3.ProgrammingError):
        reader.head()


def test_a_folder_of_files_that_cannot_be_looked_into_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise OSError(errno.EIO, "Input/output error")

    with reading(new_session(tmp_path)) as reader:
        monkeypatch.setattr(Path, "is_file", refuse)
        with pytest.raises(EnvironmentProblem, match="Input/output error"):
            reader.blob_path("0" * 64)


@pytest.mark.parametrize("content", [b"", b"another exam"])
def test_another_exam_file_than_the_records_name_is_a_persons_problem(
    tmp_path: Path, content: bytes
) -> None:
    folder = new_session(tmp_path)
    with writing(folder) as writer, reading(folder) as reader:
        writer.append(entry("policy", exam_sha256=digest(EXAM)))
        assert reader.exam_envelope() == EXAM
        (folder.path / "exam.dsse").write_bytes(content)
        with pytest.raises(EnvironmentProblem, match=r"exam\.dsse: it is not the exam file"):
            reader.exam_envelope()
