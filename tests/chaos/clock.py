"""Sessions whose clock is set on and back, by a second or twenty years, and that are suspended."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from proctor_desktop.core.clock_watch import JUMP_S, ClockReading
from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.export.package import write_package
from proctor_desktop.export.verify import Outcome, Trust, verify
from proctor_desktop.journal.reader import Reader
from proctor_desktop.monitor.loop import SessionLoop
from proctor_desktop.upload.client import Client
from proctor_desktop.upload.enrol import Identity
from proctor_desktop.upload.worker import UploadWorker
from tests.fakes.endpoint import FakeEndpoint, HangsUp
from tests.fakes.journals import chain
from tests.fakes.studio import Studio, studio

REPEATS, SHORT = 10, 1
HOUR_S, DAY_S, YEARS_S = 3600.0, 86_400.0, 20 * 365.25 * 86_400.0
PATIENCE_S = 10.0
_TURNS = 3


class TornClock:
    """Real monotonic time, under a wall clock that people set and a lid that is shut."""

    def __init__(self) -> None:
        self._began_ns = time.monotonic_ns()
        self.ahead_s = 0.0
        self.asleep_s = 0.0

    def now(self) -> Moment:
        mono_ns = time.monotonic_ns()
        passed_s = (mono_ns - self._began_ns) / NS_PER_S + self.ahead_s + self.asleep_s
        wall = datetime(2026, 10, 25, 0, 30, tzinfo=UTC) + timedelta(seconds=passed_s)
        return Moment(mono_ns, wall)

    def reading(self) -> ClockReading:
        now = self.now()
        return ClockReading(now, now.mono_ns, now.mono_ns + round(self.asleep_s * NS_PER_S))


@dataclass(frozen=True)
class Step:
    """Something that is done to the clocks, or to the time zone."""

    set_by_s: float = 0.0
    sleep_s: float = 0.0
    zone: str = ""

    def do(self, clock: TornClock) -> None:
        clock.ahead_s += self.set_by_s
        clock.asleep_s += self.sleep_s
        if self.zone and hasattr(time, "tzset"):
            os.environ["TZ"] = self.zone
            time.tzset()


SCENARIOS: dict[str, tuple[Step, ...]] = {
    "+1 s": (Step(1),),
    "-1 s": (Step(-1),),
    "+2.5 s": (Step(2.5),),
    "-2.5 s": (Step(-2.5),),
    "+1 day": (Step(DAY_S),),
    "-1 day": (Step(-DAY_S),),
    "+20 years": (Step(YEARS_S),),
    "-20 years": (Step(-YEARS_S),),
    "+20 years and back": (Step(YEARS_S), Step(-YEARS_S)),
    "a day on, four times": (Step(DAY_S),) * 4,
    "summer time by the time zone": (Step(zone="Europe/Berlin"), Step(zone="America/New_York")),
    "summer time by setting the clock": (Step(HOUR_S), Step(-HOUR_S)),
    "suspended for 8 h": (Step(sleep_s=8 * HOUR_S),),
    "suspended, and set back a day": (Step(-DAY_S, sleep_s=HOUR_S),),
    "suspended three times": (Step(sleep_s=60),) * 3,
}


@dataclass
class Result:
    """One session: what was done to it, what its evidence says, what went wrong."""

    name: str
    jumps: int = 0
    sleeps: int = 0
    told_jumps: int = 0
    told_sleeps: int = 0
    reorderings: int = 0
    stalled: int = 0
    invalid: int = 0
    longest_s: float = 0.0
    faults: list[str] = field(default_factory=list)


def sit(name: str, folder: Path) -> Result:
    """One session in which ``name`` happens while an upload is under way and waits to try again."""
    result = Result(name)
    clock = TornClock()
    with FakeEndpoint() as endpoint, ExitStack() as stack:
        desk = stack.enter_context(studio(folder))
        desk.clock = clock  # type: ignore[assignment]
        conductor = desk.conductor(unattended=True, skip_preparation=True)
        conductor.open()
        loop = desk.loop(conductor, clock.reading)
        worker = stack.enter_context(_uploading(desk, endpoint, clock))
        desk.stop.ask("not yet")
        loop.run(None)  # sets the beats going
        desk.stop.reason = None
        _turns(loop)
        for step in SCENARIOS[name]:
            endpoint.says("records", HangsUp(), HangsUp(after=True), HangsUp())
            head = desk.evidence.record(clock.now(), "warning", {"text": "something to send"})
            worker.wake()
            step.do(clock)
            result.jumps += abs(step.set_by_s) > JUMP_S
            result.sleeps += step.sleep_s > JUMP_S
            beats = len(desk.asked("snapshot"))
            _turns(loop)
            result.stalled += len(desk.asked("snapshot")) == beats
            result.stalled += not _in_time(
                lambda seq=head.seq: desk.reader.receipted_seq() >= seq, worker, result
            )
        conductor.close("finished")
        result.stalled += not _in_time(lambda: desk.reader.delivery().pending == 0, worker, result)
        _judge(desk, endpoint, result)
    return result


def _turns(loop: SessionLoop) -> None:
    for _ in range(_TURNS):
        loop.turn()


def _in_time(delivered: Callable[[], bool], worker: UploadWorker, result: Result) -> bool:
    began = time.monotonic()
    while not delivered():
        if time.monotonic() - began > PATIENCE_S:
            return False
        worker.wake()
        time.sleep(0.005)
    result.longest_s = max(result.longest_s, time.monotonic() - began)
    return True


@contextmanager
def _uploading(desk: Studio, endpoint: FakeEndpoint, clock: TornClock) -> Iterator[UploadWorker]:
    crashes: list[BaseException] = []
    identity = Identity(
        desk.folder.session,
        desk.folder.credentials(),
        desk.exam.envelope,
        {"name": "Ada Example", "email": "ada@example.edu"},
        "2026-01-01T00:00:00.000000Z",
    )
    client = Client(endpoint.url, desk.folder.session)
    with Reader(desk.folder.path) as reader:
        worker = UploadWorker(
            client,
            reader,
            desk.writer,
            identity,
            clock,
            crashes.append,
            threading.Event(),
            cap_s=0.3,
        )
        worker.start()
        yield worker
        worker.stop(PATIENCE_S)
        client.close()
    assert not crashes, crashes


def _judge(desk: Studio, endpoint: FakeEndpoint, result: Result) -> None:
    records = chain(desk.reader)
    result.told_jumps = sum(record.kind == "clock_jump" for record in records)
    result.told_sleeps = sum(
        record.kind == "gap" and "suspended" in record.data["reason"] for record in records
    )
    ours = [record.raw for record in records]
    result.reorderings = sum(a != b for a, b in zip(ours, endpoint.records, strict=False))
    result.reorderings += abs(len(ours) - len(endpoint.records))
    result.reorderings += sum(after.mono_ns < before.mono_ns for before, after in pairwise(records))
    package = desk.folder.path.with_suffix(".evidence")
    write_package(desk.reader, package, desk.now().wall_utc)
    result.invalid = verify(package, Trust((desk.exam.signer,), ())).outcome is Outcome.INVALID


def measure(repeats: int = REPEATS) -> dict[str, Any]:
    """Hold each scenario's session ``repeats`` times."""
    zone, results = os.environ.get("TZ"), list[Result]()
    try:
        with tempfile.TemporaryDirectory(prefix="chaos-clock-") as place:
            for number in range(repeats):
                for index, name in enumerate(SCENARIOS):
                    results.append(sit(name, Path(place) / f"{number}-{index}"))
    finally:
        os.environ.pop("TZ", None) if zone is None else os.environ.update(TZ=zone)
        if hasattr(time, "tzset"):
            time.tzset()
    return {
        "sessions": len(results),
        "jumps": sum(one.jumps for one in results),
        "sleeps": sum(one.sleeps for one in results),
        "jumps_not_told": sum(max(0, one.jumps - one.told_jumps) for one in results),
        "sleeps_not_told": sum(max(0, one.sleeps - one.told_sleeps) for one in results),
        "told_without_cause": sum(
            max(0, one.told_jumps - one.jumps) + max(0, one.told_sleeps - one.sleeps)
            for one in results
        ),
        "reorderings": sum(one.reorderings for one in results),
        "stalled": sum(one.stalled for one in results),
        "invalid_exports": sum(one.invalid for one in results),
        "longest_delivery_s": round(max(one.longest_s for one in results), 2),
        "scenarios": {
            name: {
                "jumps": sum(one.told_jumps for one in results if one.name == name),
                "sleeps": sum(one.told_sleeps for one in results if one.name == name),
            }
            for name in SCENARIOS
        },
    }


FAILURES = (
    "jumps_not_told",
    "sleeps_not_told",
    "told_without_cause",
    "reorderings",
    "stalled",
    "invalid_exports",
)
"""The figures that have to be zero."""


def write(figures: dict[str, Any]) -> str:
    """The section of the report."""
    rows = "\n".join(
        f"| {name} | {told['jumps']} | {told['sleeps']} |"
        for name, told in figures["scenarios"].items()
    )
    return f"""## Clock

{figures["sessions"]} sessions (engine, journal, session loop and upload worker, against a small
endpoint on loopback) whose wall clock was set, or that were suspended, while a delivery had failed
and waited to be tried again. The monotonic clock is the real one; the wall clock, and the clock
that goes on in sleep, are the test's.

| | |
|---|---|
| jumps of more than {JUMP_S:g} s | {figures["jumps"]} |
| of these without a `clock_jump` record | **{figures["jumps_not_told"]}** |
| suspensions | {figures["sleeps"]} |
| of these without a `gap` record that says so | **{figures["sleeps_not_told"]}** |
| records of a jump or a sleep that there was not | **{figures["told_without_cause"]}** |
| records that changed their order | **{figures["reorderings"]}** |
| uploads or timers that stalled | **{figures["stalled"]}** |
| exports that did not verify | **{figures["invalid_exports"]}** |
| longest delivery after a jump | {figures["longest_delivery_s"]} s |

| what was done | jumps told | sleeps told |
|---|---|---|
{rows}

Not shown: a real suspension of a real machine, and the clocks of Windows and macOS.
"""
