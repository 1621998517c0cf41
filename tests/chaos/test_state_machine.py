"""Whatever order things happen in, what was acknowledged is there and the chain holds.

A session is written, killed, cut off from power, filled up, restarted, exported; after every step
all that anybody was told is safe is looked for.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from proctor_desktop.core.chain import decode, digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import Moment
from proctor_desktop.journal import session_folder, twin_log
from proctor_desktop.journal.blobs import NotKept, hash_file
from proctor_desktop.journal.database import FILE_NAME
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Entry, Writer
from proctor_desktop.monitor.recovery import take_over, unfinished
from tests.fakes.journals import chain
from tests.fakes.sessions import EXAM, copy_what_is_there, store
from tests.playbook import moment

BOOT = "boot-1"
CANDIDATE: Any = {"name": "Ada", "email": "ada@example.edu"}
ERRORS = st.sampled_from((errno.ENOSPC, errno.EIO, errno.EROFS))
CALLS = st.sampled_from(("open", "write", "fsync", "replace"))
JUMPS_S = (-86_400 * 7_300, -86_400, -3_600, -1, 1, 3_600, 86_400, 86_400 * 7_300)


class SessionMachine(RuleBasedStateMachine):
    """One session, what was acknowledged in it, and the clock on the wall."""

    def __init__(self) -> None:
        super().__init__()
        self._data = Path(tempfile.mkdtemp())
        self._writer: Writer | None = None
        self._abandoned: list[Writer] = []
        self._records: list[bytes] = []
        self._blobs: set[str] = set()
        self._receipts: set[int] = set()
        self._seconds, self._jump_s = 0.0, 0.0

    @initialize()
    def begin(self) -> None:
        self._folder = session_folder.create(self._data, EXAM)
        self._writer = Writer(self._folder, BOOT)
        self._append(Entry(self._now(), "session.open", {"candidate": CANDIDATE}))

    @rule(number=st.integers(1, 5), urgent=st.booleans(), text=st.text(max_size=40))
    def append(self, number: int, urgent: bool, text: str) -> None:
        data = {"text": text}
        self._append(*[Entry(self._now(), "note", data, urgent=urgent)] * number)

    @rule(content=st.binary(min_size=1, max_size=3000))
    def keep_a_blob(self, content: bytes) -> None:
        kept = store(self._folder).keep(b"\xff\xd8\xff" + content, "image/jpeg")
        self._append(Entry(self._now(), "violation.update", {"violation": 1}, (kept,)))
        self._blobs.add(kept.sha256)

    @rule(content=st.binary(min_size=1, max_size=3000))
    def keep_a_blob_that_no_record_names_yet(self, content: bytes) -> None:
        self._blobs.add(store(self._folder).keep(b"\xff\xd8\xff" + content, "image/jpeg").sha256)

    @rule()
    def receive_a_receipt(self) -> None:
        assert self._writer is not None
        self._writer.receipt(self._writer.head.seq, b"receipt")
        self._receipts.add(self._writer.head.seq)

    @rule(call=CALLS, number=ERRORS, times=st.integers(1, 9), content=st.binary(max_size=99))
    def have_the_disk_refuse(self, call: str, number: int, times: int, content: bytes) -> None:
        """Twin and blobs are refused; what is told to be safe all the same has to be."""
        real, left = getattr(os, call), [times]

        def perhaps(*args: Any, **options: Any) -> Any:
            if left[0]:
                left[0] -= 1
                raise OSError(number, os.strerror(number))
            return real(*args, **options)

        with patch.object(os, call, perhaps):
            try:
                kept = store(self._folder).keep(b"\xff\xd8\xff" + content, "image/jpeg")
            except NotKept as problem:
                self._append(Entry(self._now(), "not_captured", {"reason": str(problem)}))
            else:
                self._append(Entry(self._now(), "note", {}, (kept,)))
                self._blobs.add(kept.sha256)

    @rule(big=st.integers(50_000, 200_000), killed=st.booleans())
    def fill_the_disk_under_the_database(self, big: int, killed: bool) -> None:
        """The twin takes it alone, and the database gets it when there is room, or at a restart."""
        assert self._writer is not None
        database = self._writer._db
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        database.execute(f"PRAGMA max_page_count={pages + 2}")
        entry = Entry(self._now(), "note", {"text": "x" * big})
        if self._twin_is_whole():
            self._writer.append(entry)
            twin = twin_log.read(self._folder.path).lines()
            self._records = [line.content for line in twin if line.kind is twin_log.Kind.RECORD]
            if killed:
                self._go_on_with_a_copy(drop=())
                return
        else:
            with pytest.raises(EnvironmentProblem):
                self._writer.append(entry)
        self._writer._db.execute("PRAGMA max_page_count=1073741823")
        self._writer.settle()

    @rule(seconds=st.sampled_from(JUMPS_S))
    def set_the_clock(self, seconds: float) -> None:
        self._jump_s = max(-20 * 365 * 86_400.0, min(20 * 365 * 86_400.0, self._jump_s + seconds))

    @rule()
    def end_in_order_and_start_again(self) -> None:
        assert self._writer is not None
        self._writer.close()
        self._start()

    @rule()
    def kill(self) -> None:
        """Another process finds the files as they are at this instant."""
        self._go_on_with_a_copy(drop=())

    @precondition(lambda self: self._twin_is_whole())
    @rule()
    def cut_the_power(self) -> None:
        """What is only in memory is gone, the end of the database's log is torn."""
        self._go_on_with_a_copy(drop=("-shm",), torn=0.7)

    @precondition(lambda self: self._twin_is_whole())
    @rule()
    def lose_the_database(self) -> None:
        self._go_on_with_a_copy(drop=("-shm", "-wal", ""))

    @precondition(lambda self: self._twin_is_whole())
    @rule(at=st.floats(0, 1), nonsense=st.binary(min_size=8, max_size=600))
    def damage_the_database(self, at: float, nonsense: bytes) -> None:
        self._go_on_with_a_copy(drop=("-shm", "-wal"), nonsense=(at, nonsense))

    @precondition(lambda self: self._twin_is_whole())
    @rule()
    def lose_the_twin(self) -> None:
        assert self._writer is not None
        self._writer.close()
        for path in self._folder.path.glob("records*.log"):
            path.unlink()
        self._start()

    @rule()
    def read_it_all_as_an_export_does(self) -> None:
        with Reader(self._folder.path) as reader:
            last = decode(list(reader.records())[-1])
            assert reader.head().seq == last.seq
            assert reader.receipted_seq() == max(self._receipts, default=0)
            checkpoints = [seq for seq, _ in reader.checkpoints()]
            assert checkpoints == sorted(set(checkpoints))

    @invariant()
    def what_was_acknowledged_is_there_and_the_chain_holds(self) -> None:
        if self._writer is None:
            return
        with Reader(self._folder.path, check=False) as reader:
            there = [record.raw for record in chain(reader)]
            receipts = {seq for seq, _ in reader.receipts()}
        assert there[: len(self._records)] == self._records
        assert receipts >= self._receipts
        for name in self._blobs:
            assert hash_file(self._folder.blobs / name)[0] == name

    def teardown(self) -> None:
        for writer in [*self._abandoned, *([self._writer] if self._writer else [])]:
            writer.close()
        shutil.rmtree(self._data)

    def _append(self, *entries: Entry) -> None:
        assert self._writer is not None
        head = self._writer.append(*entries)
        with Reader(self._folder.path, check=False) as reader:
            self._records += reader.records(len(self._records), head.seq)

    def _now(self) -> Moment:
        self._seconds += 0.5
        here = moment(self._seconds)
        return Moment(here.mono_ns, here.wall_utc + timedelta(seconds=self._jump_s))

    def _start(self) -> None:
        """As a monitor does it, down to what it writes about it."""
        found = unfinished(self._folder, digest(EXAM), CANDIDATE)
        assert found is not None
        self._writer = Writer(self._folder, BOOT, check=False)
        with Reader(self._folder.path, check=False) as reader:
            take_over(found, reader, self._writer, store(self._folder), self._now(), BOOT)

    def _go_on_with_a_copy(
        self, drop: tuple[str, ...], torn: float = 1.0, nonsense: tuple[float, bytes] | None = None
    ) -> None:
        assert self._writer is not None
        self._abandoned.append(self._writer)
        place = self._data / f"copy-{len(self._abandoned)}" / self._folder.session
        shutil.copytree(self._folder.path, place, copy_function=copy_what_is_there)
        self._folder = SessionFolder(place)
        for beside in drop:
            (place / (FILE_NAME + beside)).unlink(missing_ok=True)
        log = place / f"{FILE_NAME}-wal"
        if torn < 1.0 and log.exists():
            os.truncate(log, int(log.stat().st_size * torn))
        if nonsense is not None:
            content = bytearray((place / FILE_NAME).read_bytes())
            start = int(nonsense[0] * len(content))
            content[start : start + len(nonsense[1])] = nonsense[1]
            (place / FILE_NAME).write_bytes(bytes(content))
        self._start()

    def _twin_is_whole(self) -> bool:
        """While there is one copy only, and the evidence says so, losing that one is a loss."""
        return self._writer is not None and not self._writer._mirror.trouble


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_whatever_happens_in_whatever_order() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        SessionMachine,
        settings=settings(
            max_examples=int(os.environ.get("STATE_MACHINE_EXAMPLES", "15")),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
