"""The disk refuses, at every call of a session in turn: nothing dies, nothing is silently lost."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal.mirror import Mirror
from tests.chaos.disk_sitting import SEGMENTS, VIOLATIONS, sit, unexplained
from tests.fakes.studio import studio

ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS)
LASTS = (1, 2, 25)
"""How many calls one after the other are refused: once, the second try too, for a while."""

CALLS = ("open", "write", "fsync", "replace", "unlink", "ftruncate")
SQLITE = {errno.ENOSPC: sqlite3.SQLITE_FULL, errno.EIO: sqlite3.SQLITE_IOERR_FSYNC}
SHORT = 29
"""In the short run every so-manieth call is refused."""


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
    """Every ``step``-th call, with each error, once and for a while."""
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
        sit(desk, here)
    return unexplained(desk.folder)


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


def write(figures: dict[str, Any]) -> str:
    """The section of the report."""
    which = "Each of them" if figures["step"] == 1 else f"One in {figures['step']} of them"
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
remedy.

Not shown: making the session's folder and reading it back at a start are not among the calls; those
that SQLite makes within a commit are refused as one here, and one by one in the next section.
""".replace("\\\n", "")
