"""Work on one core of the machine, and always the same one, so that contenders can be compared."""

from __future__ import annotations

import os
import time
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


@contextmanager
def one_core_watched() -> Iterator[dict[str, float]]:
    """The same; at the end it says how much of that core's time others took meanwhile.

    Such a neighbour costs every contender about as much a frame, so the lighter one the larger part
    of its own: what was measured beside one is no worse than it says, and may be better.
    """
    told: dict[str, float] = {}
    with one_core():
        began, busy_s, own_s = time.monotonic(), _busy_s(), time.process_time()
        yield told
        others_s = _busy_s() - busy_s - (time.process_time() - own_s)
        share = max(0.0, others_s) / (time.monotonic() - began)
    told["others_percent_of_the_core"] = round(100 * share, 1)


def _busy_s() -> float:
    times = psutil.cpu_times(percpu=True)[measured_core()]
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - _counted_twice(times))


def _counted_twice(times: object) -> float:
    """What Linux counts as the guests' time is in the user's time already."""
    return float(getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0))


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
