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

    ``free_bytes`` is what the disk has left; a reserve that was given up, here or by whoever else
    needed it, is not counted, or its space would pass for plenty.
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

    def look(self, now: Moment) -> None:
        """Act on how much there is; a disk that does not say is asked again next time."""
        try:
            free_bytes = self._free_bytes()
        except OSError:
            return
        counted = free_bytes - (0 if self._reserve.held else self._reserve.size_bytes)
        level = next_level(self.level, counted)
        if level is not self.level:
            self._step(now, level, free_bytes)
        if level < Level.LAST and not self._reserve.held:
            self._reserve.take()

    def full(self, now: Moment) -> bool:
        """Something was refused for want of space; whether some was freed just now."""
        freed = self._reserve.give_up()
        if self.level is not Level.LAST:
            self._step(now, Level.LAST, 0)
        return freed

    def _step(self, now: Moment, level: Level, free_bytes: int) -> None:
        self.level = level
        if level is Level.LAST:
            self._reserve.give_up()
        for one in self._frugal:
            one.save(SAVINGS[level])
        data = {
            "level": level.name.lower(),
            "free_bytes": free_bytes,
            "reserve": "held" if self._reserve.held else "given up",
        }
        self._warn(RULE, TOLD[level])
        self._record(now, "disk", data)
        self._record(now, "warning", {"rule": RULE, "text": TOLD[level]})
