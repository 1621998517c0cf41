"""The machine's clocks, and a name for the present boot."""

from __future__ import annotations

import ctypes
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import psutil

from proctor_desktop.core.clock_watch import ClockReading
from proctor_desktop.core.moment import Moment

_LINUX_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_BOOT_TIME_GRAIN_S = 10
_NS_PER_INTERRUPT_UNIT = 100
_NS_PER_MS = 1_000_000
_INSTANT_NS = 100 * _NS_PER_MS


class SystemClock:
    """The real time: the monotonic clock for durations, UTC for people."""

    def now(self) -> Moment:
        """The present moment."""
        return Moment(time.monotonic_ns(), datetime.now(UTC))

    def reading(self) -> ClockReading:
        """The same with the clocks that tell sleep from waking, as far as this system has them.

        All are read within an instant: a busy computer must not look like one whose clock jumped.
        """
        while True:
            began_ns = time.monotonic_ns()
            awake_ns, elapsed_ns = _awake_and_elapsed_ns()
            now = self.now()
            if now.mono_ns - began_ns < _INSTANT_NS:
                return ClockReading(now, awake_ns, elapsed_ns)


def _awake_and_elapsed_ns() -> tuple[int, int]:
    """Two monotonic clocks: one that stands still while the computer sleeps, and one that does not.

    The same one twice where a system shows only one: then a sleep looks like a jump of the wall
    clock, or like nothing, and is told as that.
    """
    if sys.platform == "linux":
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC), time.clock_gettime_ns(
            time.CLOCK_BOOTTIME
        )
    if sys.platform == "darwin":
        return time.clock_gettime_ns(time.CLOCK_UPTIME_RAW), time.clock_gettime_ns(
            time.CLOCK_MONOTONIC_RAW
        )
    if sys.platform == "win32":
        awake = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(awake))
        ticks = ctypes.windll.kernel32.GetTickCount64
        ticks.restype = ctypes.c_ulonglong
        return awake.value * _NS_PER_INTERRUPT_UNIT, ticks() * _NS_PER_MS
    now_ns = time.monotonic_ns()
    return now_ns, now_ns


def boot_id() -> str:
    """A name for this boot: monotonic readings compare only under the same one.

    Linux tells it. Elsewhere it is derived from the time of the boot, rounded, because a corrected
    wall clock moves that time by a little.
    """
    if _LINUX_BOOT_ID.is_file():
        return _LINUX_BOOT_ID.read_text(encoding="ascii").strip()
    return _boot_id_from(psutil.boot_time())


def _boot_id_from(boot_time_s: float) -> str:
    rounded = round(boot_time_s / _BOOT_TIME_GRAIN_S) * _BOOT_TIME_GRAIN_S
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"boot at {rounded}"))
