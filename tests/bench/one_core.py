"""Work on one core of the machine, and always the same one, so that contenders can be compared."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

_PASSES = 20


def measured_core() -> int:
    """The core that every contender is measured on: the last one that we may use."""
    return max(os.sched_getaffinity(0))


@contextmanager
def one_core() -> Iterator[None]:
    """This thread, and every thread that it starts meanwhile, on the measured core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {measured_core()})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def pin(process: psutil.Process, core: int) -> int:
    """Put every thread of a process and of its children on ``core``; how many there are.

    A new thread inherits the core of the one that starts it, so what may slip through is what was
    started while this looked: it looks again until all are found in place.
    """
    for _ in range(_PASSES):
        if all_on(process, core):
            return len(_threads(process))
        for thread in _threads(process):
            try:
                os.sched_setaffinity(thread, {core})
            except ProcessLookupError:  # it ended meanwhile
                continue
    raise RuntimeError(f"the threads of process {process.pid} do not stay on core {core}")


def all_on(process: psutil.Process, core: int) -> bool:
    """Whether every thread of a process and of its children may run on ``core`` only."""
    return all(_cores(thread) in ({core}, set()) for thread in _threads(process))


def _threads(process: psutil.Process) -> list[int]:
    numbers = [process.pid, *(child.pid for child in process.children(recursive=True))]
    return [int(task.name) for number in numbers for task in _tasks(number)]


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except FileNotFoundError:  # it ended meanwhile
        return []


def _cores(thread: int) -> set[int]:
    try:
        return os.sched_getaffinity(thread)
    except ProcessLookupError:
        return set()
