"""A clock that stands still until it is told to move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from proctor_desktop.core.moment import Moment

START = Moment(1_000_000_000_000, datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


class ManualClock:
    """``step_s`` is added at each reading, so that loops which watch the time come to an end."""

    def __init__(self, step_s: float = 0.0) -> None:
        self._now = START
        self._step_s = step_s

    def now(self) -> Moment:
        self._now = self._now.later(self._step_s)
        return self._now

    def advance(self, seconds: float) -> None:
        self._now = self._now.later(seconds)

    def set_by(self, seconds: float) -> None:
        """Somebody sets the wall clock; time itself goes on as before."""
        self._now = Moment(self._now.mono_ns, self._now.wall_utc + timedelta(seconds=seconds))
