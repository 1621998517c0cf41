"""From the readings of one rule to violations with a life: start, update, end."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core.episode import Episode, begin
from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.core.rules.rule import Reading, Rule
from proctor_desktop.core.violation import Ending, Violation, in_words, severity

SETTLE_S = 0.5
"""A violation ends only after the matter has been over for this long: detectors flicker."""

STALE_S = 3.0
"""After so long without a reading nothing is known about the time between, unless the rule's
readings are due so rarely that it takes ``_DUE_READINGS`` of them to be sure that they stopped."""

SPACING_S = 1.0
"""A rule starts or updates at most once in this time."""

EARLY_SHARE = 0.25
"""Readings come a little early or late. What is due within a quarter of the time between two of
them is due now: else, every other time, a violation would wait for one reading more."""

_DUE_READINGS = 2.5
_UPDATE_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Turn:
    """A violation started, went on, or ended (then ``ending`` says why)."""

    kind: str
    violation: Violation
    frame: int | None
    ending: Ending | None = None


class Tracker:
    """Follows one rule. ``next_number`` gives a violation its number when it starts."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._episode: Episode | None = None
        self._last_reading: Reading | None = None
        self._last_read_at: Moment | None = None
        self._last_turn_at: Moment | None = None
        self._free_from_ns: int | None = None

    @property
    def open_number(self) -> int | None:
        """The number of the violation that is going on, if any."""
        return self._episode.number if self._episode else None

    def feed(
        self, moment: Moment, reading: Reading, number: int, error_deg: float | None
    ) -> list[Turn]:
        """Take one reading; ``number`` is what a violation that starts now would be called."""
        turns = self._interrupted(moment, error_deg)
        self._last_reading, self._last_read_at = reading, moment
        if self._episode is not None and self._broken_off(self._episode, moment):
            self._episode = None
        if reading.suspicious or (reading.holds and self._episode is not None):
            turn = self._suspicious(moment, reading, number, error_deg)
        else:
            turn = self._clear(moment, error_deg)
        return turns + ([turn] if turn else [])

    def tick(self, moment: Moment, number: int, error_deg: float | None) -> list[Turn]:
        """Let time pass. A reading that holds until the next one is read again."""
        if self.rule.rate_per_s is None and self._last_reading is not None:
            return self.feed(moment, self._last_reading, number, error_deg)
        return self._interrupted(moment, error_deg)

    def end(self, moment: Moment, ending: Ending, error_deg: float | None = None) -> list[Turn]:
        """Forget what was going on; a violation that is open ends now.

        Where readings stopped coming before, it ended with the last of them.
        """
        episode, self._episode = self._episode, None
        self._last_reading = None
        if episode is None or episode.number is None:
            return []
        ended_at = self._last_known(moment)
        self._free_from_ns = ended_at.later(self.rule.settings.cooldown_s).mono_ns
        return [self._turn("end", episode, ended_at, error_deg, ending)]

    def wake_at_ns(self) -> int | None:
        """When a tick could change something, for readings that hold until the next one."""
        if self.rule.rate_per_s is not None or self._episode is None:
            return None
        if self._episode.clear_since is not None:
            return self._episode.clear_since.later(SETTLE_S).mono_ns
        if self._episode.number is not None and self._last_turn_at is not None:
            return _updates_from_ns(self._episode, self._last_turn_at)
        return self._starts_from_ns(self._episode)

    def _suspicious(
        self, moment: Moment, reading: Reading, number: int, error_deg: float | None
    ) -> Turn | None:
        if self._episode is None:
            self._episode = begin(moment, reading)
        episode = self._episode
        episode.add(moment, reading)
        if episode.number is not None:
            return self._update(episode, moment, error_deg)
        if not reading.suspicious or episode.readings < self.rule.after_readings:
            return None
        if moment.mono_ns < self._starts_from_ns(episode):
            return None
        episode.number = number
        self._last_turn_at = moment
        return self._turn("start", episode, moment, error_deg)

    def _update(self, episode: Episode, moment: Moment, error_deg: float | None) -> Turn | None:
        last = self._last_turn_at
        if last is not None and moment.mono_ns < _updates_from_ns(episode, last):
            return None
        self._last_turn_at = moment
        return self._turn("update", episode, moment, error_deg)

    def _clear(self, moment: Moment, error_deg: float | None) -> Turn | None:
        episode = self._episode
        if episode is None:
            return None
        if episode.clear_since is None:
            episode.clear_since = moment
        if episode.number is None:
            if moment.since_s(episode.clear_since) >= self.rule.bridges_s:
                self._episode = None
            return None
        if moment.since_s(episode.clear_since) < SETTLE_S:
            return None
        ended_at, self._episode = episode.clear_since, None
        self._free_from_ns = ended_at.later(self.rule.settings.cooldown_s).mono_ns
        return self._turn("end", episode, ended_at, error_deg, Ending.CLEARED)

    def _interrupted(self, moment: Moment, error_deg: float | None) -> list[Turn]:
        """End what was going on if readings stopped coming: the time between is unknown."""
        if self._last_known(moment) is moment:
            return []
        return self.end(moment, Ending.SOURCE_LOST, error_deg)

    def _last_known(self, moment: Moment) -> Moment:
        """``moment``, or that of the last reading if too little is known about the time since."""
        last, rate = self._last_read_at, self.rule.rate_per_s
        if rate is None or last is None or moment.since_s(last) <= stale_after_s(rate):
            return moment
        return last

    def _broken_off(self, episode: Episode, moment: Moment) -> bool:
        """Whether a matter that has not started yet was over for too long to be the same one."""
        if episode.number is not None or episode.clear_since is None:
            return False
        return moment.since_s(episode.clear_since) > self.rule.bridges_s

    def _starts_from_ns(self, episode: Episode) -> int:
        due = [episode.onset.later(self._hold_s(episode)).mono_ns]
        if self._free_from_ns is not None:
            due.append(self._free_from_ns)
        if self._last_turn_at is not None:
            due.append(self._last_turn_at.mono_ns + round(SPACING_S * NS_PER_S))
        return max(due)

    def _hold_s(self, episode: Episode) -> float:
        if episode.at_once:
            return 0.0
        after_s, rate = self.rule.settings.after_s, self.rule.rate_per_s
        return after_s if rate is None else max(0.0, after_s - EARLY_SHARE / rate)

    def _turn(
        self,
        kind: str,
        episode: Episode,
        moment: Moment,
        error_deg: float | None,
        ending: Ending | None = None,
    ) -> Turn:
        assert episode.number is not None  # noqa: S101 - only numbered episodes have turns
        settings, worst = self.rule.settings, episode.worst
        duration_s = max(0.0, moment.since_s(episode.onset))
        confidence = self._confidence(episode)
        violation = Violation(
            number=episode.number,
            rule=self.rule.name,
            severity=severity(settings.penalty),
            reason=in_words(worst.reason, duration_s, confidence),
            measured=duration_s if worst.measured is None else worst.measured,
            threshold=settings.after_s if worst.threshold is None else worst.threshold,
            unit=worst.unit,
            duration_s=duration_s,
            confidence=confidence,
            calibration_error_deg=error_deg,
            penalty=settings.penalty,
            onset=episode.onset,
        )
        return Turn(kind, violation, episode.frame, ending)

    def _confidence(self, episode: Episode) -> float:
        """The readings' mean confidence, less what was not looked at.

        A rule that saw half of the pictures that were due is at most half as sure.
        """
        mean = episode.confidence_sum / episode.readings
        rate = self.rule.rate_per_s
        if rate is None:
            return mean
        due = 1 + episode.latest.since_s(episode.first) * rate
        return mean * min(1.0, episode.readings / due)


def stale_after_s(rate_per_s: float) -> float:
    """After so long without a reading nothing is known, for a rule whose readings come so often."""
    return max(STALE_S, _DUE_READINGS / rate_per_s)


def _updates_from_ns(episode: Episode, last_turn_at: Moment) -> int:
    """When the next update is due: the longer it lasts, the less there is to say about it."""
    spacing_s = max(SPACING_S, _UPDATE_SHARE * last_turn_at.since_s(episode.first))
    return last_turn_at.later(spacing_s).mono_ns
