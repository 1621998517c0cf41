"""Which sources work, and the time for which one did not."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.core.effect import Effect, Record
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Gap, Health, Source, SourceHealth


@dataclass
class SourceStates:
    """Each change of a source's state becomes a record; each loss, once over, a gap."""

    _now: dict[Source, tuple[Health, str]] = field(default_factory=dict)
    _lost_at: dict[Source, tuple[Moment, str]] = field(default_factory=dict)

    def change(self, moment: Moment, report: SourceHealth) -> list[Effect]:
        """Take a source's report; repeating the same state records nothing.

        One that works with less may have another reason for it later: that is told, too.
        """
        why = report.reason if report.state is Health.DEGRADED else ""
        state = (report.state, why)
        if self._now.get(report.source) == state and not report.skipped:
            return []
        self._now[report.source] = state
        data = {
            "source": report.source.value,
            "state": report.state.value,
            "reason": report.reason,
            "skipped": report.skipped,
        }
        return [Record(moment, "source", data), *self._loss(moment, report)]

    def account(self, moment: Moment, span: Gap) -> list[Effect]:
        """Take a span that the source itself knows of; its loss is then accounted for."""
        self._lost_at.pop(span.source, None)
        return [gap(moment, span.source, span.seconds, span.reason)]

    def close(self, moment: Moment) -> list[Effect]:
        """The gaps of sources that are still lost at the end."""
        still_lost, self._lost_at = self._lost_at, {}
        return [
            gap(moment, source, moment.since_s(lost_at), reason)
            for source, (lost_at, reason) in still_lost.items()
        ]

    def _loss(self, moment: Moment, report: SourceHealth) -> list[Effect]:
        if report.state is Health.LOST:
            self._lost_at.setdefault(report.source, (moment, report.reason))
            return []
        lost_at, reason = self._lost_at.pop(report.source, (None, ""))
        if lost_at is None:
            return []
        return [gap(moment, report.source, moment.since_s(lost_at), reason)]


def gap(moment: Moment, source: Source, seconds: float, reason: str) -> Record:
    """The record of a span that a source has nothing to show for."""
    data = {"source": source.value, "seconds": round(seconds, 3), "reason": reason}
    return Record(moment, "gap", data)
