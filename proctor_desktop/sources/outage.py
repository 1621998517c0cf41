"""The state of one source, reported when it changes and not in between."""

from __future__ import annotations

from collections.abc import Callable

from proctor_desktop.core.moment import Clock, Moment
from proctor_desktop.core.observation import Gap, Health, Observation, Source, SourceHealth

Report = Callable[[Moment, Observation], None]


class Outage:
    """Turns "it works" and "it does not" into health reports, and outages into gaps.

    Used by one thread.
    """

    def __init__(self, source: Source, clock: Clock, report: Report) -> None:
        self._source = source
        self._clock = clock
        self._report = report
        self._well: bool | None = None
        self._since: Moment | None = None
        self._reason = ""

    @property
    def open(self) -> bool:
        """Whether the source is lost at present."""
        return self._since is not None

    def over(self, note: str) -> None:
        """The source works: reported once, with the gap that ends now, if there was one."""
        if self._well:
            return
        self._well = True
        self._end_gap()
        self._health(Health.OK, note)

    def begin(self, reason: str) -> None:
        """The source does not work: reported once for an outage."""
        if self._well is False:
            return
        self._well = False
        self._since = self._clock.now()
        self._reason = reason
        self._health(Health.LOST, reason)

    def ended(self, reason: str) -> None:
        """The source came to its natural end, such as that of a file: lost, but no gap."""
        self._well = False
        self._health(Health.LOST, reason)

    def skipped(self, count: int, what: str) -> None:
        """The source works, but ``count`` of its items went nowhere since the last report."""
        if count:
            self._health(Health.OK, f"{count} {what}", count)

    def close(self) -> None:
        """The session ends: an outage that is still open becomes a gap up to now."""
        self._end_gap()

    def _end_gap(self) -> None:
        if self._since is None:
            return
        now = self._clock.now()
        seconds = round(now.since_s(self._since), 3)
        self._report(now, Gap(self._source, seconds, self._reason))
        self._since = None

    def _health(self, state: Health, reason: str, skipped: int = 0) -> None:
        self._report(self._clock.now(), SourceHealth(self._source, state, reason, skipped))
