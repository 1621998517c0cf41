"""Keeping the cost of encoding in bounds: fewer pictures while it takes too much of the machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Health, Source, SourceHealth
from proctor_desktop.recording.intake import Report

WINDOW_S = 10.0
TOO_MUCH = 0.5
"""Share of the time spent encoding, over ten seconds, above which pictures become fewer."""

ENOUGH_ROOM = 0.15
CALM_S = 60.0
"""So low a share for so long, and they become more again."""

LOWEST_PER_S = 0.2


class Pace:
    """Halves the rate of pictures, down to one in five seconds, and doubles it again.

    ``limit`` is told the rate, None for the policy's own; each change is reported as health.
    """

    def __init__(
        self, frames_per_s: float, limit: Callable[[float | None], None], report: Report
    ) -> None:
        self._wanted_per_s = self._per_s = frames_per_s
        self._limit = limit
        self._report = report
        self._spent: deque[tuple[Moment, float]] = deque()
        self._changed: Moment | None = None

    def encoded(self, moment: Moment, took_s: float) -> None:
        """An encoding that ended at ``moment`` took so long."""
        self._changed = self._changed or moment
        self._spent.append((moment, took_s))
        while moment.since_s(self._spent[0][0]) > WINDOW_S:
            self._spent.popleft()
        since_s = moment.since_s(self._changed)
        share = sum(took for _, took in self._spent) / WINDOW_S
        if share > TOO_MUCH and self._per_s > LOWEST_PER_S and since_s >= WINDOW_S:
            self._change(moment, max(LOWEST_PER_S, self._per_s / 2), share)
        elif share < ENOUGH_ROOM and self._per_s < self._wanted_per_s and since_s >= CALM_S:
            self._change(moment, min(self._wanted_per_s, self._per_s * 2), share)

    def _change(self, moment: Moment, per_s: float, share: float) -> None:
        self._per_s, self._changed = per_s, moment
        self._spent.clear()
        whole = per_s >= self._wanted_per_s
        self._limit(None if whole else per_s)
        told = f"encoding the screen takes {share:.0%} of the time: {per_s:g} pictures a second now"
        state = Health.OK if whole else Health.DEGRADED
        self._report(moment, SourceHealth(Source.SCREEN, state, told))
