"""A run of suspicious readings of one rule, from its onset on."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.rules.rule import Reading

_LONGEST_S = 24 * 3600.0


@dataclass(slots=True)
class Episode:
    """A run of suspicious readings.

    ``onset`` is when the matter began, ``first`` and ``latest`` when it was first and last read.
    """

    onset: Moment
    first: Moment
    worst: Reading
    latest: Moment
    frame: int | None = None
    readings: int = 0
    confidence_sum: float = 0.0
    number: int | None = None
    clear_since: Moment | None = None
    at_once: bool = False

    def add(self, moment: Moment, reading: Reading) -> None:
        """Count one more reading, and remember it if it is the worst so far."""
        self.readings += 1
        self.confidence_sum += reading.confidence
        self.latest = moment
        self.frame = reading.frame
        self.clear_since = None
        self.at_once = self.at_once or reading.at_once
        if reading.suspicious and reading.excess >= self.worst.excess:
            self.worst = reading


def begin(moment: Moment, reading: Reading) -> Episode:
    """An episode that begins with ``reading``, which says for how long it had gone on before."""
    before_s = min(max(0.0, reading.since_s), _LONGEST_S)
    return Episode(moment.later(-before_s), moment, reading, moment)
