"""The disk refuses, at every call of a session in turn: nothing dies, nothing is silently lost."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from proctor_desktop.core.chain import Record
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.event import Event
from proctor_desktop.core.frame import Frame
from proctor_desktop.journal import twin_log
from proctor_desktop.journal.mirror import Mirror
from proctor_desktop.journal.reserve import Reserve
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from proctor_desktop.monitor import inbox as items
from proctor_desktop.monitor.disk_watch import DiskWatch
from proctor_desktop.monitor.evidence import Evidence
from proctor_desktop.monitor.patient_writer import PatientWriter
from proctor_desktop.recording.segment import Segment
from tests.bench.not_measured import NotMeasured
from tests.fakes.journals import chain
from tests.fakes.sessions import reading, store
from tests.fakes.studio import Studio, studio
from tests.playbook import faces

ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS)
LASTS = (1, 2, 25)
"""How many calls one after the other are refused: once, the second try too, for a while."""

CALLS = ("open", "write", "fsync", "replace", "unlink", "ftruncate")
SQLITE = {errno.ENOSPC: sqlite3.SQLITE_FULL, errno.EIO: sqlite3.SQLITE_IOERR_FSYNC}
SHORT = 29
"""In the short run every so-manieth call is refused."""

VIOLATIONS, SEGMENTS = 3, 2
_PICTURES = {"still", "still with overlays"}
_FULL_MB = 40


@dataclass
class Refusals:
    """Refuses calls ``first`` to ``first + lasts - 1`` of those that are counted."""

    first: int
    lasts: int
    number: int
    counted: int = 0

    def next(self) -> bool:
        """Count a call; whether it is to be refused."""
        self.counted += 1
        return self.first <= self.counted < self.first + self.lasts


def measure(step: int = 1) -> dict[str, Any]:
    """Every ``step``-th call, with each error, once and for a while; and a disk that is full."""
    figures: dict[str, Any] = {"calls": _counted(_injected), "commits": _counted(_uncommitted)}
    figures["step"] = step
    figures |= {"sessions": 0, "crashed": 0, "silent": 0, "not_captured": 0}
    figures["told_at_the_end"] = 0
    for inject, many, errors in (
        (_injected, figures["calls"], ERRORS),
        (_uncommitted, figures["commits"], tuple(SQLITE)),
    ):
        for first in range(1, many + 1, step):
            for number in errors:
                for lasts in LASTS:
                    _try(inject, Refusals(first, lasts, number), figures)
    try:
        figures["full_disk"] = _full_disk()
    except NotMeasured as problem:
        figures["full_disk"] = {"not_measured": str(problem)}
    return figures


Inject = Callable[[Path, Refusals], Any]


def _counted(inject: Inject) -> int:
    """How many calls a session has in which nothing is refused."""
    refusals = Refusals(0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        problem, lost = _session(Path(folder), lambda path: inject(path, refusals))
    assert (problem, lost) == ("", 0)
    return refusals.counted


def _try(inject: Inject, refusals: Refusals, figures: dict[str, Any]) -> None:
    figures["sessions"] += 1
    try:
        with tempfile.TemporaryDirectory() as folder:
            problem, lost = _session(Path(folder), lambda path: inject(path, refusals))
    except EnvironmentProblem:
        figures["told_at_the_end"] += 1
        return
    except Exception as bug:
        figures["crashed"] += 1
        print(f"{inject.__name__} {refusals}: {bug!r}", file=sys.stderr)
        return
    figures["not_captured"] += lost
    if problem:
        figures["silent"] += 1
        print(f"{inject.__name__} {refusals}: {problem}", file=sys.stderr)


def _session(here: Path, refusing: Callable[[Path], Any]) -> tuple[str, int]:
    """A whole sitting; what is missing without a word of it, and how often it was told."""
    with studio(here / "data") as desk, refusing(desk.folder.path):
        _sit(desk, here)
    return _unexplained(desk.folder)


def _sit(desk: Studio, here: Path, before_end: Callable[[], None] = lambda: None) -> None:
    """Three violations with two pictures each and two pieces of screen video; then the end."""
    patient = PatientWriter(desk.writer, lambda now: watch.full(now))  # noqa: PLW0108
    desk.evidence = Evidence(
        desk.engine,
        patient,
        store(desk.folder),
        desk.frames,
        warn=_nothing,
        wake=_nothing,
    )
    watch = DiskWatch(
        lambda: 10**12,
        Reserve(desk.folder.path, 1 << 16),
        (desk.evidence,),
        desk.evidence.record,
        _nothing,
    )
    conductor = desk.conductor(unattended=True, skip_preparation=True)
    conductor.open()
    loop = desk.loop(conductor)
    for number in range(VIOLATIONS):
        for count in (2, 2, 1, 1):
            loop.handle(_seen(desk, 100 * number + int(desk.now().mono_ns / 1e9), count))
            desk.clock.advance(3.0)
        if number < SEGMENTS:
            loop.handle(_finished(desk, here, number))
        desk.evidence.record(desk.now(), "heartbeat", {"n": number}, urgent=False)
        watch.look(desk.now())
    before_end()
    conductor.close("over")
    patient.settle()


def _nothing(*_: object) -> None:
    """Nobody sits there."""


def _seen(desk: Studio, number: int, count: int) -> Event:
    image = np.full((120, 160, 3), number % 256, np.uint8)
    desk.frames.add(Frame(number, desk.now(), image), (faces(number, count),))
    return desk.event(faces(number, count))


def _finished(desk: Studio, here: Path, number: int) -> items.SegmentFinished:
    path = here / f"{number}.part"
    path.write_bytes(b"moving pictures %d" % number)
    done = Segment(path, desk.now(), desk.now().later(10), 9, 1920, 1080)
    return items.SegmentFinished(done)


def _unexplained(folder: SessionFolder) -> tuple[str, int]:
    """What neither a record nor a ``not_captured`` tells of, after another start."""
    Writer(folder, "boot-2").close()
    with reading(folder) as reader:
        records = chain(reader)
        gone = [name for name in reader.named_blobs() if reader.blob_path(name) is None]
    lost = [record for record in records if record.kind == "not_captured"]
    starts = [record for record in records if record.kind == "violation.start"]
    segments = sum(record.kind == "segment" for record in records)
    segments += sum(record.data["what"] == "screen segment" for record in lost)
    twin = [line.content for line in twin_log.read(folder.path).lines()][: len(records)]
    faults = {
        "a named file is gone": bool(gone),
        "a violation is missing": len(starts) != VIOLATIONS,
        "a picture is missing": any(_pictures(one, lost) != _PICTURES for one in starts),
        "a segment is missing": segments != SEGMENTS,
        "the end is missing": records[-1].kind not in ("session.close", "journal_late"),
        "the twin differs": twin != [record.raw for record in records],
    }
    return ", ".join(what for what, is_so in faults.items() if is_so), len(lost)


def _pictures(start: Record, lost: list[Record]) -> set[str]:
    names = {"untouched": "still", "overlay": "still with overlays"}
    kept = {names[name] for name in start.data.get("pictures", {})}
    told = {one.data["what"] for one in lost if one.data.get("for") == start.data["violation"]}
    return kept | told


@contextmanager
def _injected(folder: Path, refusals: Refusals) -> Iterator[None]:
    """Calls of ``os`` that concern ``folder`` fail as asked."""

    def guarded(name: str) -> Any:
        real = getattr(os, name)

        def call(*args: Any, **options: Any) -> Any:
            if _concerns(args[0], folder) and refusals.next():
                raise OSError(refusals.number, os.strerror(refusals.number))
            return real(*args, **options)

        return patch.object(os, name, call)

    with ExitStack() as stack:
        for name in CALLS:
            stack.enter_context(guarded(name))
        yield


def _concerns(what: object, folder: Path) -> bool:
    if isinstance(what, int):
        try:
            what = os.readlink(f"/proc/self/fd/{what}")
        except OSError:
            return False
    return str(what).startswith(str(folder))


@contextmanager
def _uncommitted(_: Path, refusals: Refusals) -> Iterator[None]:
    """The database gives a transaction up when it is to be committed."""
    real = Mirror.copy

    def copy(mirror: Mirror, *args: Any) -> None:
        real(mirror, *args)
        if refusals.next():
            problem = sqlite3.OperationalError(os.strerror(refusals.number))
            problem.sqlite_errorcode = SQLITE[refusals.number]
            raise problem

    with patch.object(Mirror, "copy", copy):
        yield


def _full_disk() -> dict[str, int]:
    """A small disk in memory, full to the last byte; somebody frees space just before the end."""
    with tempfile.TemporaryDirectory() as mount, tempfile.TemporaryDirectory() as elsewhere:
        _as_root("mount", "-t", "tmpfs", "-o", f"size={_FULL_MB}m", "tmpfs", mount)
        try:
            with studio(Path(mount) / "data") as desk:
                ballast = Path(mount) / "ballast"
                _fill(ballast)
                _sit(desk, Path(elsewhere), before_end=ballast.unlink)
            problem, lost = _unexplained(desk.folder)
            return {"silent": bool(problem), "not_captured": lost}
        finally:
            _as_root("umount", "-l", mount)


def _fill(ballast: Path) -> None:
    for size in (1 << 20, 1 << 12):
        with suppress(OSError), ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(size))


def _as_root(*words: str) -> None:
    try:
        subprocess.run(words, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise NotMeasured(f"a small disk cannot be mounted here ({problem})") from problem


def write(figures: dict[str, Any]) -> str:
    """The section of the report."""
    full = figures["full_disk"]
    which = "Each of them" if figures["step"] == 1 else f"One in {figures['step']} of them"
    told = full.get("not_measured")
    if not told:
        told = (
            f"{full['not_captured']} items were recorded as not captured, "
            f"{int(full['silent'])} were missing without a word"
        )
    return f"""## A disk that refuses

A sitting with {VIOLATIONS} violations, two pictures of each, and {SEGMENTS} pieces of screen video
makes {figures["calls"]} calls to the disk and {figures["commits"]} commits. {which} was
refused in turn, with ENOSPC, EIO and EROFS (commits: the first two, as SQLite tells them), once,
twice and {LASTS[-1]} times running.

| sittings | crashed | missing without a word | recorded as not captured | refused to the end |
|---|---|---|---|---|
| {figures["sessions"]} | {figures["crashed"]} | {figures["silent"]} | {figures["not_captured"]} \
| {figures["told_at_the_end"]} |

Where the disk still refused when the session was over, the program ended with that error and its
remedy. A small disk that was full from the first violation to the last: {told}.

Not shown: calls that SQLite makes within a commit are refused as one, not one by one; making the
session's folder and reading it back at a start are not among the calls.
""".replace("\\\n", "")
