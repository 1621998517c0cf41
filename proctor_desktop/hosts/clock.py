"""The machine's clocks, and a name for the present boot."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import psutil

from proctor_desktop.core.moment import Moment

_LINUX_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_BOOT_TIME_GRAIN_S = 10


class SystemClock:
    """The real time: the monotonic clock for durations, UTC for people."""

    def now(self) -> Moment:
        """The present moment."""
        return Moment(time.monotonic_ns(), datetime.now(UTC))


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
