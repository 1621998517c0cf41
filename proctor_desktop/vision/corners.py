"""The screen's edges as gaze angles: dots in its corners, and dots to check the result with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import hypot
from statistics import fmean, median, pstdev
from typing import Final, TypeAlias

from proctor_desktop.core.moment import Moment
from proctor_desktop.vision.screen import ASSUMED_SCREEN, Look, Screen

Target: TypeAlias = tuple[float, float]
"""A point in fractions of the screen, origin top left."""

MIDDLE: Final = (0.5, 0.5)
EDGE = 0.04
CORNERS: Final[tuple[Target, ...]] = (
    (EDGE, EDGE),
    (1 - EDGE, EDGE),
    (1 - EDGE, 1 - EDGE),
    (EDGE, 1 - EDGE),
)
"""Round the screen, and the longest way first: who does not follow that one follows none."""

CHECKS: Final[tuple[Target, ...]] = (MIDDLE, (0.2, 0.4), (0.8, 0.6))

FIXATION_S = 1.2
"""How long a dot is shown at least."""

STEADY_S = 0.75
STEADY_DEG = 2.0
"""A gaze that keeps within this (standard deviation) for STEADY_S has arrived."""

PATIENCE_S = 3.5
"""For a gaze that does not come, or comes and does not rest."""

MIN_SAMPLES = 3

MOVED_DEG = 2.5
"""A gaze that has moved less since the dot before has not yet left it."""

LEAST_WIDTH_DEG = 8.0
"""Even a small screen far away is wider, as the eyes tell it."""

LEAST_HEIGHT_DEG = 5.0
"""A height that measures less is lost in the noise of the lids, and the assumed one stands."""

AGREEMENT = 0.5
"""Two corners of one side may differ by this share of the screen's width."""

WORST_ERROR_DEG = 8.0
"""A map that is further off than this on average says nothing."""


@dataclass
class Fixation:
    """One dot: what the gaze did since it was shown, and when that is enough.

    ``before`` is where the gaze rested last; it has to leave it, or patience runs out.
    """

    target: Target
    shown: Moment
    before: Look | None = None
    _looks: list[tuple[Moment, Look]] = field(default_factory=list)

    def add(self, moment: Moment, look: Look | None) -> None:
        """Take the gaze of one picture; None in a blink."""
        if look is not None:
            self._looks.append((moment, look))

    def restart(self, now: Moment) -> None:
        """Begin again: the candidate was not in view as they should."""
        self.shown = now
        self._looks.clear()

    def impatient(self, now: Moment) -> bool:
        """Whether the dot has been shown for long enough, whatever the gaze does."""
        return now.since_s(self.shown) >= PATIENCE_S

    def rest(self, now: Moment) -> Look | None:
        """Where the gaze has come to rest; None while it has not."""
        if now.since_s(self.shown) < FIXATION_S:
            return None
        recent = self._recent(now)
        if len(recent) < MIN_SAMPLES:
            return None
        look = _middle_of(recent)
        unsteady = max(
            pstdev(one.horizontal_deg for one in recent), pstdev(one.vertical_deg for one in recent)
        )
        arrived = unsteady <= STEADY_DEG and self._has_moved(look)
        return look if arrived or self.impatient(now) else None

    def _recent(self, now: Moment) -> list[Look]:
        return [look for moment, look in self._looks if now.since_s(moment) <= STEADY_S]

    def _has_moved(self, look: Look) -> bool:
        return self.before is None or distance_deg(look, self.before) >= MOVED_DEG


def distance_deg(one: Look, other: Look) -> float:
    """How far two gazes are apart."""
    return hypot(one.horizontal_deg - other.horizontal_deg, one.vertical_deg - other.vertical_deg)


def _middle_of(looks: Sequence[Look]) -> Look:
    return Look(
        median(one.horizontal_deg for one in looks), median(one.vertical_deg for one in looks)
    )


def follows(top_left: Look, top_right: Look) -> bool:
    """Whether the eyes went from the first dot to the second, in the right direction."""
    return top_left.horizontal_deg - top_right.horizontal_deg >= LEAST_WIDTH_DEG


def screen_of(corners: Sequence[Look]) -> Screen | None:
    """The screen's edges from the gazes at CORNERS, in that order; None if they make no screen.

    The height is the assumed one where the eyes do not tell it.
    """
    top_left, top_right, bottom_right, bottom_left = corners
    left = fmean((top_left.horizontal_deg, bottom_left.horizontal_deg))
    right = fmean((top_right.horizontal_deg, bottom_right.horizontal_deg))
    apart = max(
        abs(top_left.horizontal_deg - bottom_left.horizontal_deg),
        abs(top_right.horizontal_deg - bottom_right.horizontal_deg),
    )
    if left - right < LEAST_WIDTH_DEG or apart > AGREEMENT * (left - right):
        return None
    left, right = _out_to_the_edge(left, right)
    top, bottom = _height(
        fmean((top_left.vertical_deg, top_right.vertical_deg)),
        fmean((bottom_left.vertical_deg, bottom_right.vertical_deg)),
    )
    return Screen(round(left, 2), round(right, 2), round(top, 2), round(bottom, 2))


def _height(top: float, bottom: float) -> tuple[float, float]:
    if top - bottom < LEAST_HEIGHT_DEG:
        return ASSUMED_SCREEN.top_deg, ASSUMED_SCREEN.bottom_deg
    return _out_to_the_edge(top, bottom)


def _out_to_the_edge(one: float, other: float) -> tuple[float, float]:
    """From dots that lie EDGE within the screen to its very edges."""
    beyond = (one - other) * EDGE / (1 - 2 * EDGE)
    return one + beyond, other - beyond


def error_deg(screen: Screen, checks: Sequence[tuple[Target, Look]]) -> float:
    """The mean distance of the gazes from where the dots were, in degrees."""
    return round(fmean(distance_deg(screen.at(*target), look) for target, look in checks), 2)
