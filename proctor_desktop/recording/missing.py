"""Counts frames that were not kept, and says afterwards which span they leave empty."""

from __future__ import annotations

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Gap, Source


class MissingFrames:
    """One span of missing screen frames at a time; used by one thread."""

    def __init__(self) -> None:
        self._since: Moment | None = None
        self._reason = ""
        self._count = 0

    @property
    def open(self) -> bool:
        """Whether a span has begun."""
        return self._since is not None

    def miss(self, moment: Moment, reason: str, frames: int = 1) -> None:
        """``frames`` were not kept; the first call of a span decides its start and reason."""
        if self._since is None:
            self._since, self._reason = moment, reason
        self._count += frames

    def end(self, moment: Moment) -> Gap | None:
        """The span ends: its gap, or None when nothing was missing."""
        if self._since is None:
            return None
        seconds = round(max(0.0, moment.since_s(self._since)), 3)
        lost = f"{self._count} screen frames not kept: " if self._count else ""
        gap = Gap(Source.SCREEN, seconds, f"{lost}{self._reason}")
        self._since, self._count = None, 0
        return gap
