"""The one writer of the journal."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlite_utils import Database

from proctor_desktop.core.chain import EMPTY, decode
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal import signing_keys
from proctor_desktop.journal import writer as module
from proctor_desktop.journal.checkpoints import CHECKPOINT_EVERY_RECORDS, CHECKPOINT_EVERY_S
from proctor_desktop.journal.database import FILE_NAME, open_for_writing
from proctor_desktop.journal.ledger import State
from proctor_desktop.journal.mirror import Mirror
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from proctor_desktop.wire import dsse
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
from tests.playbook import moment


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return new_session(tmp_path / "data")


@pytest.fixture
def now_ns(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The writer's clock: one number to change."""
    clock = [1_000]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic_ns=lambda: clock[0]))
    return clock


def checkpoints(folder: SessionFolder) -> list[int]:
    with reading(folder) as reader:
        return [seq for seq, _ in reader.checkpoints()]


class Gate:
    """Holds the writer's thread after its first commit until the gate is opened."""

    def __init__(self) -> None:
        self.commits = 0
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> None:
        self.commits += 1
        self.reached.set()
        assert self.opened.wait(5)


def at_once(writer: Writer, gate: Gate, calls: list[Callable[[], object]]) -> list[BaseException]:
    """Make the calls wait together behind a commit; returns what they raised."""
    raised: list[BaseException] = []

    def run(call: Callable[[], object]) -> None:
        try:
            call()
        except Exception as problem:
            raised.append(problem)

    first = threading.Thread(target=writer.append, args=(entry("first"),))
    first.start()
    assert gate.reached.wait(5)
    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for number, thread in enumerate(threads, 1):
        thread.start()
        while writer._jobs.qsize() < number:
            threading.Event().wait(0.001)
    gate.opened.set()
    for thread in (first, *threads):
        thread.join(5)
    return raised


# -- records -------------------------------------------------------------------------------------


def test_what_append_returned_is_what_is_on_disk(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        head = writer.append(entry("session.open", n=1), entry("policy", n=2))
        assert writer.head == head
        with reading(folder) as reader:
            records = chain(reader)
            assert reader.head() == head
    assert [(r.seq, r.kind, r.data) for r in records] == [
        (1, "session.open", {"n": 1}),
        (2, "policy", {"n": 2}),
    ]
    assert {(r.session, r.boot) for r in records} == {(folder.session, BOOT)}


def test_another_writer_goes_on_where_the_last_one_stopped(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        before = writer.append(entry())
    with writing(folder, "boot-2") as writer:
        assert writer.head == before
        writer.append(entry())
    with reading(folder) as reader:
        assert [record.boot for record in chain(reader)] == [BOOT, "boot-2"]


def test_nothing_to_append_changes_nothing(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        assert writer.append() == EMPTY
    assert checkpoints(folder) == []


def test_a_record_and_its_place_in_the_ledger_are_one_commit(folder: SessionFolder) -> None:
    still = blob(b"still")
    with writing(folder) as writer, reading(folder) as reader:
        writer.append(urgent("violation.start", None, still))
        item = reader.next_blob(1)
    assert item is not None
    assert (item.sha256, item.type, item.size) == (still.sha256, still.type, still.size)


def test_records_of_many_threads_make_one_chain_each_in_its_own_order(
    folder: SessionFolder,
) -> None:
    def write(writer: Writer, name: int) -> None:
        for number in range(20):
            writer.append(entry(name=name, number=number))

    with writing(folder) as writer:
        threads = [threading.Thread(target=write, args=(writer, name)) for name in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with reading(folder) as reader:
        records = chain(reader)
    assert len(records) == 80
    for name in range(4):
        numbers = [r.data["number"] for r in records if r.data["name"] == name]
        assert numbers == list(range(20))


def test_calls_that_wait_together_share_one_commit(folder: SessionFolder) -> None:
    gate = Gate()
    writer = Writer(folder, BOOT, committed=gate)
    calls = [lambda n=n: writer.append(entry(number=n)) for n in range(10)]
    assert at_once(writer, gate, calls) == []
    writer.close()
    assert gate.commits == 2
    with reading(folder) as reader:
        numbers = [record.data.get("number") for record in chain(reader)]
    assert numbers == [None, *range(10)]


def test_a_bad_call_does_not_take_those_beside_it_with_it(folder: SessionFolder) -> None:
    gate = Gate()
    writer = Writer(folder, BOOT, committed=gate)
    calls: list[Callable[[], object]] = [
        lambda: writer.append(entry(number=1)),
        lambda: writer.append(entry(number=2), entry(number=float("nan"))),
        lambda: writer.append(entry(number=3)),
    ]
    (problem,) = at_once(writer, gate, calls)
    writer.close()
    assert isinstance(problem, ValueError)
    with reading(folder) as reader:
        assert [record.data.get("number") for record in chain(reader)] == [None, 1, 3]


def test_of_a_call_that_fails_nothing_stays(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        before = writer.append(urgent("x"))
        with pytest.raises(TypeError):
            writer.append(urgent("y", None, blob(b"still")), entry(number=object()))
        assert writer.head == before
        after = writer.append(urgent("z"))
    with reading(folder) as reader:
        assert [record.kind for record in chain(reader)] == ["x", "z"]
        assert reader.named_blobs() == set()
        assert [seq for seq, _ in reader.checkpoints()] == [1, after.seq]


def test_others_are_told_after_each_commit_that_added_a_record(folder: SessionFolder) -> None:
    told: list[int] = []
    writer = Writer(folder, BOOT, committed=lambda: told.append(writer.head.seq))
    writer.append(entry(), entry())
    writer.fact("token", "x")
    writer.receipt(1, b"receipt")
    writer.append(entry())
    writer.close()
    assert told == [2, 3]


# -- checkpoints ---------------------------------------------------------------------------------


def test_the_first_record_of_a_run_is_signed_at_once(folder: SessionFolder) -> None:
    for expected in ([1], [1, 2]):
        with writing(folder) as writer:
            writer.append(entry())
        assert checkpoints(folder) == expected


def test_urgent_records_are_signed_at_once_others_after_fifty(
    folder: SessionFolder, now_ns: list[int]
) -> None:
    with writing(folder) as writer:
        for _ in range(1 + CHECKPOINT_EVERY_RECORDS):
            writer.append(entry())
        writer.append(entry())
        writer.append(urgent("violation.start"))
    assert checkpoints(folder) == [1, 51, 53]


def test_records_are_signed_after_ten_seconds_at_the_next_append(
    folder: SessionFolder, now_ns: list[int]
) -> None:
    with writing(folder) as writer:
        writer.append(entry())
        now_ns[0] += round(CHECKPOINT_EVERY_S * 1e9) - 1
        writer.append(entry())
        now_ns[0] += 1
        writer.append(entry())
        writer.append(entry())
    assert checkpoints(folder) == [1, 3]


def test_one_commit_gets_one_checkpoint_over_its_last_record(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        writer.append(urgent("a"), urgent("b"), entry("c"))
    assert checkpoints(folder) == [3]


def test_a_checkpoint_can_be_asked_for_and_is_not_made_twice(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        writer.checkpoint(moment(0))
        writer.append(urgent("a"))
        writer.append(entry("b"))
        for _ in range(2):
            writer.checkpoint(moment(2))
    assert checkpoints(folder) == [1, 2]


def test_the_first_checkpoint_is_signed_by_the_sessions_key_over_the_head(
    folder: SessionFolder,
) -> None:
    with writing(folder) as writer:
        head = writer.append(urgent("a", moment(3)))
    with reading(folder) as reader:
        ((_, envelope),) = reader.checkpoints()
        assert reader.signing_key(dsse.peek(envelope)["next_key"])
    assert dsse.verify(envelope, dsse.CHECKPOINT, [folder.session_key()]).json() == {
        "session": folder.session,
        "seq": 1,
        "head": head.hash,
        "wall": "2026-01-01T00:00:03.000000Z",
        "next_key": dsse.peek(envelope)["next_key"],
    }


def test_each_checkpoint_is_signed_by_the_key_that_the_one_before_it_names(
    folder: SessionFolder,
) -> None:
    due = [folder.session_key()]
    for boot in ("one", "another"):
        with writing(folder, boot) as writer:
            for _ in range(3):
                writer.append(urgent("x"))
    with reading(folder) as reader:
        for _, envelope in reader.checkpoints():
            due.append(dsse.verify(envelope, dsse.CHECKPOINT, due[-1:]).json()["next_key"])
        assert [reader.signing_key(key) is not None for key in due] == [False] * 6 + [True]
    assert len(set(due)) == 7


def test_what_is_committed_together_takes_one_key(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        jobs = [writer._want_signature, writer._want_signature]
        writer._do(lambda db: [writer._append(db, [urgent("x")]) for _ in jobs])
    assert checkpoints(folder) == [2]


def test_a_record_is_kept_although_the_disk_takes_no_new_key(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with writing(folder) as writer:
        writer.append(urgent("x"))
        with monkeypatch.context() as disk:
            disk.setattr(signing_keys, "write_new", full)
            writer.append(urgent("x"))
            writer.append(urgent("x"))
        writer.append(urgent("x"))
    assert checkpoints(folder)[-1] == 4


# -- delivery ------------------------------------------------------------------------------------


def test_receipts_are_kept_once_and_never_exchanged(folder: SessionFolder) -> None:
    with writing(folder) as writer, reading(folder) as reader:
        writer.append(entry(), entry())
        writer.receipt(1, b"first")
        writer.receipt(1, b"second")
        writer.receipt(2, b"third")
        assert list(reader.receipts()) == [(1, b"first"), (2, b"third")]
        assert reader.receipted_seq() == 2


def test_facts_about_the_delivery_may_change(folder: SessionFolder) -> None:
    with writing(folder) as writer, reading(folder) as reader:
        writer.fact("token", "old")
        writer.fact("token", "new")
        assert reader.fact("token") == "new"


def test_marks_and_the_reopening_of_the_ledger_go_through_the_writer(
    folder: SessionFolder,
) -> None:
    still = blob(b"still")
    with writing(folder) as writer, reading(folder) as reader:
        writer.append(urgent("x", None, still))
        writer.mark(still.sha256, State.DEAD_LETTER, "no")
        assert reader.next_blob(1) is None
        assert reader.delivery().refused == 1
        writer.mark(still.sha256, State.SENDING)
        writer.reopen_ledger()
        assert reader.next_blob(1) is not None


# -- what goes wrong -----------------------------------------------------------------------------


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk on which the journal cannot grow by more than a few pages."""

    def opened(path: Path, check: bool = True) -> Database:
        db = open_for_writing(path, check)
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count={pages + 4}")
        return db

    monkeypatch.setattr(module, "open_for_writing", opened)


@pytest.mark.usefixtures("small_disk")
def test_a_disk_that_has_room_for_nothing_is_told_and_what_was_committed_stays(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with writing(folder) as writer:
        writer.append(entry("session.open"))
        with monkeypatch.context() as disk:
            disk.setattr(Mirror, "_append", full)
            with pytest.raises(EnvironmentProblem, match=r"cannot be written.*No space left"):
                writer.append(entry("x", text="x" * 100_000))
        head = writer.append(entry("small"))
    with reading(folder) as reader:
        assert [record.kind for record in chain(reader)] == ["session.open", "twin_log", "small"]
        assert reader.head() == head


def test_a_journal_that_is_damaged_under_the_writer_is_told_as_such(
    folder: SessionFolder,
) -> None:
    def broken(_: Database) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with writing(folder) as writer:
        with pytest.raises(EnvironmentProblem, match=r"damaged.*malformed"):
            writer._do(broken)
        assert writer.append(entry()).seq == 1


def test_after_a_power_cut_every_record_that_was_acknowledged_is_there(
    folder: SessionFolder, tmp_path: Path
) -> None:
    with writing(folder) as writer:
        for number in range(30):
            head = writer.append(entry(number=number))
        cut = as_after_a_power_cut(folder, tmp_path / "cut")
    with writing(cut, "boot-2") as writer:
        assert writer.head == head
        writer.append(entry("restart"))
    with reading(cut) as reader:
        assert len(chain(reader)) == 31


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.35, 0.5, 0.77, 0.9, 0.999])
def test_a_log_that_was_torn_off_leaves_a_whole_beginning(
    folder: SessionFolder, tmp_path: Path, kept: float
) -> None:
    with writing(folder) as writer:
        for number in range(20):
            writer.append(urgent("x", None, blob(b"%d" % number), number=number))
        cut = as_after_a_power_cut(folder, tmp_path / "cut")
    log = cut.path / f"{FILE_NAME}-wal"
    content = log.read_bytes()
    log.write_bytes(content[: int(len(content) * kept)])
    with closing(open_for_writing(cut.path)), reading(cut) as reader:
        records = chain(reader)
        assert [record.data["number"] for record in records] == list(range(len(records)))
        assert len(reader.named_blobs()) == len(list(reader.checkpoints())) == len(records)


def test_a_garbled_log_is_never_taken_for_records(folder: SessionFolder, tmp_path: Path) -> None:
    with writing(folder) as writer:
        for number in range(10):
            writer.append(entry(number=number))
        cut = as_after_a_power_cut(folder, tmp_path / "cut")
    (cut.path / "records.log").unlink()
    log = cut.path / f"{FILE_NAME}-wal"
    content = bytearray(log.read_bytes())
    half = len(content) // 2
    content[half] ^= 1
    log.write_bytes(bytes(content))
    with writing(cut), reading(cut) as reader:
        records = chain(reader)
    assert 0 < len(records) < 10


def test_after_closing_nobody_waits_for_an_answer(folder: SessionFolder) -> None:
    writer = Writer(folder, BOOT)
    writer.append(entry())
    writer.close()
    writer.close()
    with pytest.raises(RuntimeError, match="closed"):
        writer.append(entry())


def test_a_bug_of_the_writer_is_handed_to_whoever_calls_and_nobody_waits(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(signing_keys.SigningKeys, "rotate", broken)
    writer = Writer(folder, BOOT)
    assert writer.append(urgent("session.open")).seq == 1  # it was committed before
    with pytest.raises((ZeroDivisionError, RuntimeError)) as raised:
        writer.append(entry())
    assert isinstance(raised.value.__cause__ or raised.value, ZeroDivisionError)
    writer.close()


def test_closing_finishes_what_waits(folder: SessionFolder) -> None:
    gate = Gate()
    writer = Writer(folder, BOOT, committed=gate)
    first = threading.Thread(target=writer.append, args=(entry("first"),))
    first.start()
    assert gate.reached.wait(5)
    second = threading.Thread(target=writer.append, args=(entry("second"),))
    second.start()
    while not writer._jobs.qsize():
        threading.Event().wait(0.001)
    closing_thread = threading.Thread(target=writer.close)
    closing_thread.start()
    gate.opened.set()
    for thread in (first, second, closing_thread):
        thread.join(5)
    with reading(folder) as reader:
        assert [record.kind for record in chain(reader)] == ["first", "second"]


def test_a_session_without_its_key_cannot_be_written(folder: SessionFolder) -> None:
    (folder.keys / f"{folder.session_key()}.key").unlink()
    with pytest.raises(EnvironmentProblem, match="key that has to sign next"):
        Writer(folder, BOOT)


def test_without_signing_the_delivery_is_noted_and_no_key_is_needed(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        writer.append(urgent("session.open"))
    shutil.rmtree(folder.keys)
    writer = Writer(folder, BOOT, signing=False)
    writer.receipt(1, b"a receipt")
    writer.fact("token", "secret")
    writer.checkpoint(moment(1))
    writer.append(urgent("warning"))
    writer.close()
    with reading(folder) as reader:
        assert (reader.receipted_seq(), reader.fact("token")) == (1, "secret")
        assert [seq for seq, _ in reader.checkpoints()] == [1]
    assert not folder.keys.exists(), "no key is made that nothing names"


def test_a_session_folder_can_be_moved(folder: SessionFolder, tmp_path: Path) -> None:
    with writing(folder) as writer:
        writer.append(entry())
    moved = tmp_path / "elsewhere" / folder.session
    shutil.move(folder.path, moved)
    with reading(SessionFolder(moved)) as reader:
        assert decode(next(reader.records())).session == folder.session
