"""Disk, processor and clock: what an exam of some hours needs of the computer itself."""

from __future__ import annotations

import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from proctor_desktop.core.capability import Capability
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import Moment
from proctor_desktop.doctor.probe import Probe, absent, works
from proctor_desktop.hosts.clock import SystemClock

PLENTY_BYTES = 2_000_000_000
NEEDED_BYTES = 500_000_000
CORES = 2
CLOCK_STEP_S = 1.0
OLDEST = datetime(2026, 1, 1, tzinfo=UTC)
"""This program is younger than that: a clock that says less is wrong."""

_MEGABYTE, _GIGABYTE = 1_000_000, 1_000_000_000
_WATCH_CLOCKS_S = 0.2


def probes(data: Path) -> tuple[Probe, ...]:
    """What is asked about the computer."""
    return (
        Probe("disk space", True, lambda: disk(data)),
        Probe("processor", False, look_at_processor),
        Probe("clock", False, look_at_clock),
    )


def disk(data: Path) -> Capability:
    """Room in the data folder, or where it would be made; raises EnvironmentProblem."""
    folder = nearest_existing(data)
    choose = "Choose a folder that you may write to with --data."
    if not folder.is_dir():
        raise EnvironmentProblem(str(data), f"{folder} is not a folder", choose)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise EnvironmentProblem(str(data), "you may not write there", choose)
    return room(shutil.disk_usage(folder).free, data)


def nearest_existing(path: Path) -> Path:
    """``path`` or the closest of its parents that exists."""
    path = path.absolute()
    return next(p for p in (path, *path.parents) if p.exists())


def room(free_bytes: int, data: Path) -> Capability:
    """What so many free bytes are worth."""
    reason = f"{_size(free_bytes)} are free for {data}."
    advice = "Free some space, or choose a folder on another disk with --data."
    if free_bytes < NEEDED_BYTES:
        short = f"{reason} At least {_size(NEEDED_BYTES)} are needed."
        return absent("disk space", short, advice)
    if free_bytes < PLENTY_BYTES:
        tight = f"{reason} A long exam may need {_size(PLENTY_BYTES)}."
        return works("disk space", tight, advice)
    return works("disk space", reason)


def _size(count_bytes: int) -> str:
    if count_bytes < _GIGABYTE:
        return f"{count_bytes / _MEGABYTE:.0f} MB"
    return f"{count_bytes / _GIGABYTE:.1f} GB"


def look_at_processor() -> Capability:
    """How many cores there are and how busy they have been."""
    return processor(_usable_cores() or psutil.cpu_count() or 1, psutil.getloadavg()[0])


def _usable_cores() -> int:
    """How many cores this process may run on; 0 where the system does not tell."""
    if sys.platform == "darwin":
        return 0
    return len(psutil.Process().cpu_affinity())


def processor(cores: int, load: float) -> Capability:
    """What so many cores at that load (1-minute average) are worth."""
    reason = f"{cores} {'core' if cores == 1 else 'cores'}, load {load:.1f} over the last minute."
    if load > cores:
        return works("processor", reason, "Close other programs before the exam.")
    if cores < CORES:
        slow = f"{reason} {CORES} cores are meant: pictures may be skipped, and are then counted."
        return works("processor", slow)
    return works("processor", reason)


def look_at_clock() -> Capability:
    """Watch both clocks for a moment."""
    system = SystemClock()
    before = system.now()
    time.sleep(_WATCH_CLOCKS_S)
    return clock(before, system.now(), datetime.now().astimezone())


def clock(before: Moment, after: Moment, local: datetime) -> Capability:
    """Whether the wall clock is plausible and runs like the monotonic one."""
    set_it = "Set the computer's clock, or let it be set from the network."
    zone = f"{local:%Y-%m-%d %H:%M} in time zone {local.tzname()} (UTC{local:%z})"
    step_s = (after.wall_utc - before.wall_utc).total_seconds() - after.since_s(before)
    if after.wall_utc < OLDEST:
        return absent("clock", f"It says {zone}: that is in the past.", set_it)
    if after.since_s(before) <= 0:
        return absent("clock", "The monotonic clock does not move.", "Restart the computer.")
    if abs(step_s) > CLOCK_STEP_S:
        return absent("clock", f"It jumped by {step_s:+.1f} s while it was watched.", set_it)
    return works("clock", f"It says {zone} and runs evenly.")
