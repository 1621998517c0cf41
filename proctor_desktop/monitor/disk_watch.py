"""Looks at the disk every five seconds, and makes do with less before there is nothing left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from proctor_desktop.core.disk_budget import SAVINGS, TOLD, Level, Savings, next_level
from proctor_desktop.core.moment import Moment
from proctor_desktop.journal.reserve import Reserve

LOOK_S = 5.0
RULE = "disk"


class Frugal(Protocol):
    """Whatever can make do with less; called with each new level."""

    def save(self, savings: Savings) -> None:
        """Leave out what ``savings`` says, and nothing else any more."""
        ...


class DiskWatch:
    """Owned by the session's loop. ``record`` appends a record, ``warn`` tells the candidate.

    ``free_bytes`` is what the disk has left; what the reserve lacks is not counted, since it is
    taken again from there. That the reserve is being written into is recorded like a level.
    """

    def __init__(
        self,
        free_bytes: Callable[[], int],
        reserve: Reserve,
        frugal: tuple[Frugal, ...],
        record: Callable[[Moment, str, dict[str, Any]], object],
        warn: Callable[[str, str], None],
    ) -> None:
        self.level = Level.AMPLE
        self._free_bytes = free_bytes
        self._reserve = reserve
        self._frugal = frugal
        self._record = record
        self._warn = warn
        reserve.take()
        self._missing_bytes = reserve.missing_bytes

    def look(self, now: Moment) -> None:
        """Act on how much there is; a disk that does not say is asked again next time."""
        try:
            free_bytes = self._free_bytes()
        except OSError:
            return
        missing_bytes = self._reserve.missing_bytes
        level = next_level(self.level, free_bytes - missing_bytes)
        if level is not self.level:
            self._step(now, level, free_bytes)
        elif missing_bytes > self._missing_bytes:
            self._record(now, "disk", self._data(free_bytes))
        if level < Level.LAST and missing_bytes:
            self._reserve.take()
        self._missing_bytes = self._reserve.missing_bytes

    def full(self, now: Moment) -> None:
        """Something was refused for want of space."""
        if self.level is not Level.LAST:
            self._step(now, Level.LAST, 0)

    def _step(self, now: Moment, level: Level, free_bytes: int) -> None:
        self.level = level
        for one in self._frugal:
            one.save(SAVINGS[level])
        self._warn(RULE, TOLD[level])
        self._record(now, "disk", self._data(free_bytes))
        self._record(now, "warning", {"rule": RULE, "text": TOLD[level]})

    def _data(self, free_bytes: int) -> dict[str, Any]:
        return {
            "level": self.level.name.lower(),
            "free_bytes": free_bytes,
            "reserve": "held" if self._reserve.held else "in use",
        }
