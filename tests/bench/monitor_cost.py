"""What the whole monitor costs: CPU and memory of the real process in a real session.

It sits as a candidate would: photo, calibration, then an exam in which the face is there in every
picture and off the centre every few seconds, somebody speaks, and, with a desktop, text is typed
on the screen that is recorded. So every installed model is in use, the comparison with the photo
too; how often each was is counted out of the journal.
"""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from proctor_desktop.core.chain import Record
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.observation import Source
from proctor_desktop.demo.display import virtual_display
from proctor_desktop.demo.pose import Pose
from tests.bench.figures import percentiles
from tests.bench.latency.episode import RULES
from tests.bench.not_measured import NotMeasured
from tests.fakes.footage import HERE
from tests.fakes.institution import Institution
from tests.fakes.journals import chain, head_seq, newest
from tests.fakes.program import monitor_words, running_endpoint, start, stop, wait_until
from tests.fakes.x_display import typing_window

SETTLE_S = 5.0
MEASURED_S = 45.0
SAMPLE_EVERY_S = 0.5

_CALM_S = 15.0
_ASIDE = Pose(shift_x_px=215.0)
_EXAM_WITHIN_S = 60.0
_TOLD = ("violation.start", "violation.update")
_CHECKS = ("FacesSeen", "ObjectsSeen", "LivenessChecked", "FaceCompared", "SpeechHeard")


def plan() -> list[tuple[float, Pose | None]]:
    """What is before the camera: somebody who sits down, and then hardly ever sits still."""
    restless: list[tuple[float, Pose | None]] = [(2.4, HERE), (2.0, _ASIDE)]
    return [(_CALM_S, HERE), *restless * round((SETTLE_S + MEASURED_S) / 4.4 + 3)]


def measure(folder: Path, camera: Path, sound: Path, screen: str | None) -> dict[str, Any]:
    """A monitor against a real endpoint; ``screen`` is the size of the desktop, if there is one."""
    folder.mkdir()
    with (
        running_endpoint(folder / "endpoint") as endpoint,
        _desktop(screen) as environment,
    ):
        exam = Institution(folder).exam(endpoint.address)
        words = monitor_words(exam, camera, sound, folder / "data")
        if screen:
            words.remove("--no-desktop")
        with _running(words, folder, environment) as process:
            used = _watch(psutil.Process(process.pid))
    return {**used, **_read(folder / "data")}


@contextmanager
def _desktop(screen: str | None) -> Iterator[dict[str, str]]:
    """A desktop of that size on which somebody types, or none; the environment that leads there."""
    if screen is None:
        yield {}
        return
    try:
        with virtual_display(screen) as display, typing_window(display):
            yield {"DISPLAY": display, "XDG_SESSION_TYPE": "x11"}
    except EnvironmentProblem as problem:
        raise NotMeasured(str(problem)) from problem


@contextmanager
def _running(
    words: list[str], folder: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """The monitor, in an exam."""
    process = start(words, folder / "log", environment)
    try:
        wait_until(lambda: _in_exam(folder / "data"), _EXAM_WITHIN_S, "the exam did not begin")
        yield process
    finally:
        stop(process)


def _in_exam(data: Path) -> bool:
    if not head_seq(data):
        return False
    with newest(data) as reader:
        return any(reader.records_of(["exam.start"]))


@dataclass(frozen=True, slots=True)
class _Memory:
    rss_bytes: int
    pss_bytes: int


def _watch(process: psutil.Process) -> dict[str, Any]:
    """CPU time over the whole time, memory as the highest of many looks."""
    time.sleep(SETTLE_S)
    before_s, began = _cpu_s(process), time.monotonic()
    looks = []
    while time.monotonic() < began + MEASURED_S:
        time.sleep(SAMPLE_EVERY_S)
        looks.append(_memory(process))
    share = (_cpu_s(process) - before_s) / (time.monotonic() - began)
    return {
        "cpu_percent_of_one_core": round(100 * share, 1),
        "rss_mb": round(max(look.rss_bytes for look in looks) / 1e6),
        "pss_mb": round(max(look.pss_bytes for look in looks) / 1e6),
        "looks": len(looks),
    }


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _cpu_s(process: psutil.Process) -> float:
    return sum(one.cpu_times().user + one.cpu_times().system for one in _family(process))


def _memory(process: psutil.Process) -> _Memory:
    family = _family(process)
    rss = sum(one.memory_info().rss for one in family)
    return _Memory(rss, sum(_pss_bytes(one.pid) for one in family))


def _pss_bytes(pid: int) -> int:
    """Its own pages, and of those it shares with other processes its share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _read(data: Path) -> dict[str, Any]:
    """How often each model looked, and how long evidence took."""
    with newest(data) as reader:
        records = chain(reader)
        committed, received = reader.committed_ns(), sorted(reader.received_ns().items())
    told = [one for one in records if one.kind in _TOLD and _seen(one.data["rule"])]
    starts = [one for one in told if one.kind == "violation.start"]
    to_receipt = [
        (next(ns for seq, ns in received if seq >= one.seq) - one.mono_ns) / 1e6
        for one in starts
        if received and received[-1][0] >= one.seq
    ]
    return {
        "looked": _looked(records),
        "frame_to_committed": percentiles([(committed[r.seq] - r.mono_ns) / 1e6 for r in told]),
        "frame_to_acknowledged": percentiles(to_receipt),
    }


def _seen(rule: str) -> bool:
    return RULES[rule].source is Source.CAMERA


def _looked(records: list[Record]) -> dict[str, int]:
    names = Counter(
        event[1]
        for record in records
        if record.kind == "observations"
        for event in record.data["events"]
    )
    return {name: names[name] for name in _CHECKS}
