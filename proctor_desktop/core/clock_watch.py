"""Telling when the wall clock does not go on as time does: set by hand, corrected, or asleep.

Nothing here is ordered or measured by the wall clock, so a jump changes no evidence. It is recorded
because whoever reads the wall times has to know that they jump there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proctor_desktop.core.moment import NS_PER_S, Moment, rfc3339

JUMP_S = 2.0
"""From here on it is told. Less is what time servers correct all day."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """All clocks at one instant.

    ``awake_ns`` stands still while the computer sleeps, ``elapsed_ns`` goes on; where a system does
    not tell them apart they are the same clock.
    """

    moment: Moment
    awake_ns: int
    elapsed_ns: int


@dataclass(frozen=True, slots=True)
class ClockJump:
    """The wall clock went ``seconds`` further than time did (back: negative).

    It was seen within the last ``within_s`` seconds: more than a moment only where it crept.
    """

    seconds: float
    within_s: float
    before: datetime
    after: datetime

    def to_json(self) -> dict[str, Any]:
        """The ``data`` of a ``clock_jump`` record."""
        return {
            "seconds": round(self.seconds, 3),
            "within_s": round(self.within_s, 3),
            "before": rfc3339(self.before),
            "after": rfc3339(self.after),
        }


@dataclass(frozen=True, slots=True)
class Asleep:
    """The computer was suspended for so long."""

    seconds: float


class ClockWatch:
    """Compares each reading with the one before it, and with the last at which all was well.

    The second finds steps that are too small to be told one by one and add up.
    """

    def __init__(self) -> None:
        self._last: ClockReading | None = None
        self._anchor: ClockReading | None = None

    def look(self, now: ClockReading) -> tuple[ClockJump | Asleep, ...]:
        """What happened to the clocks since the last look."""
        last, anchor = self._last or now, self._anchor or now
        self._last, self._anchor = now, anchor
        return (*_slept(last, now), *self._jumped(last, anchor, now))

    def _jumped(
        self, last: ClockReading, anchor: ClockReading, now: ClockReading
    ) -> Iterator[ClockJump]:
        for before in (last, anchor):
            seconds = _ahead_s(before, now)
            if abs(seconds) > JUMP_S:
                self._anchor = now
                within_s = _elapsed_s(before, now)
                yield ClockJump(seconds, within_s, before.moment.wall_utc, now.moment.wall_utc)
                return


def _slept(last: ClockReading, now: ClockReading) -> Iterator[Asleep]:
    seconds = _elapsed_s(last, now) - (now.awake_ns - last.awake_ns) / NS_PER_S
    if seconds > JUMP_S:
        yield Asleep(seconds)


def _elapsed_s(before: ClockReading, now: ClockReading) -> float:
    return (now.elapsed_ns - before.elapsed_ns) / NS_PER_S


def _ahead_s(before: ClockReading, now: ClockReading) -> float:
    wall_s = (now.moment.wall_utc - before.moment.wall_utc).total_seconds()
    return wall_s - _elapsed_s(before, now)
