"""The first part of a calibration: one quiet face, for three seconds."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core.moment import Moment
from proctor_desktop.vision.eyes import Eyes, eyes_of, usual_eyes
from proctor_desktop.vision.geometry import Rotation
from proctor_desktop.vision.neutral import Neutral, neutral_of
from proctor_desktop.vision.sight import Sight

HOLD_S = 3.0
"""How long one face must be seen without a break."""

LONGEST_BREAK_S = 0.5
"""A face that was away for longer starts the hold again; a single lost frame does not."""

MIN_SAMPLES = 9
"""Fewer pictures in that time say too little, however still they are."""

SPREAD_LIMIT_DEG = 3.0
"""The self-check: a hold with more spread than this is not taken."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The candidate's face in one picture; ``eyes`` is None where the mesh has none."""

    moment: Moment
    rotation: Rotation
    centre: tuple[float, float]
    eyes: Eyes | None


@dataclass(frozen=True, slots=True)
class Rest:
    """A head and its eyes at rest; ``eyes`` is None if open ones were not seen."""

    neutral: Neutral
    eyes: Eyes | None


def sample_of(sight: Sight) -> Sample | None:
    """The face that is followed, or None without one."""
    if sight.fit is None or sight.mesh is None:
        return None
    turn = sight.fit.rotation
    return Sample(sight.moment, turn, sight.fit.box.centre, eyes_of(sight.mesh, turn))


class PoseHold:
    """Collects samples until HOLD_S of them are quiet."""

    def __init__(self) -> None:
        self._hold: list[Sample] = []

    @property
    def progress(self) -> float:
        """How far the hold is, 0 to 1."""
        return min(1.0, self._held_s() / HOLD_S)

    def add(self, sample: Sample) -> Rest | None:
        """Take one picture; the head at rest, if the hold is long and still enough with it.

        After an unquiet hold its older half is forgotten, so that the next try comes soon.
        """
        self.interrupt(sample.moment)
        self._hold.append(sample)
        if self._held_s() < HOLD_S or len(self._hold) < MIN_SAMPLES:
            return None
        neutral = neutral_of([one.rotation for one in self._hold], [o.centre for o in self._hold])
        if neutral.spread_deg > SPREAD_LIMIT_DEG:
            del self._hold[: len(self._hold) // 2]
            return None
        eyes = [one.eyes for one in self._hold if one.eyes is not None]
        return Rest(neutral, usual_eyes(eyes) if eyes else None)

    def interrupt(self, now: Moment) -> None:
        """Forget a hold that has been broken for too long."""
        if self._hold and now.since_s(self._hold[-1].moment) > LONGEST_BREAK_S:
            self._hold.clear()

    def _held_s(self) -> float:
        return self._hold[-1].moment.since_s(self._hold[0].moment) if self._hold else 0.0
