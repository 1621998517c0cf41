"""The second part of a calibration: the gaze at one dot after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proctor_desktop.core.moment import Moment
from proctor_desktop.vision.corners import (
    CHECKS,
    CORNERS,
    WORST_ERROR_DEG,
    Fixation,
    Target,
    error_deg,
    follows,
    screen_of,
)
from proctor_desktop.vision.eyes import Eyes, cast_down, openness
from proctor_desktop.vision.gaze import OPEN_ENOUGH, look_of
from proctor_desktop.vision.geometry import angles, relative
from proctor_desktop.vision.neutral import Neutral
from proctor_desktop.vision.pose_hold import LONGEST_BREAK_S, Sample
from proctor_desktop.vision.screen import Look, Screen

LOOK_AT_CORNER: Final = "Look at the dot in the corner"
LOOK_AT_DOT: Final = "Look at the dot"

_TARGETS = CORNERS + CHECKS
_UPPER_CORNERS = 2


@dataclass(frozen=True, slots=True)
class Followed:
    """How it ended: the screen's edges with their mean error, or None twice: nobody followed."""

    screen: Screen | None = None
    error_deg: float | None = None


class Dots:
    """Shows the corners and then the checks, each until the gaze has come to rest on it.

    Ends early, after two dots, for eyes that do not follow.
    """

    def __init__(self, neutral: Neutral, usual: Eyes, now: Moment) -> None:
        self._neutral = neutral.matrix()
        self._usual = usual
        self._seen = now
        self._left: Iterator[Target] = iter(_TARGETS[1:])
        self._fixation = Fixation(_TARGETS[0], now, Look(0.0, 0.0))
        self._rested: list[Look] = []
        self._screen: Screen | None = None

    @property
    def target(self) -> Target:
        """Where the dot is now."""
        return self._fixation.target

    @property
    def hint(self) -> str:
        """What to do about it."""
        return LOOK_AT_CORNER if self.target in CORNERS else LOOK_AT_DOT

    @property
    def progress(self) -> float:
        """The share of the dots that are done."""
        return len(self._rested) / len(_TARGETS)

    def interrupt(self, now: Moment) -> None:
        """Show the present dot anew, if the candidate could not be seen for too long."""
        if now.since_s(self._seen) > LONGEST_BREAK_S:
            self._fixation.restart(now)

    def add(self, sample: Sample) -> Followed | None:
        """Take one picture; how it ended, once it has."""
        self.interrupt(sample.moment)
        self._seen = sample.moment
        self._fixation.add(sample.moment, self._look(sample))
        look = self._fixation.rest(sample.moment)
        if look is None:
            return Followed() if self._fixation.impatient(sample.moment) else None
        self._rested.append(look)
        if not self._plausible():
            return Followed()
        return self._next(sample.moment, look)

    def _look(self, sample: Sample) -> Look | None:
        if sample.eyes is None:
            return None
        turn = relative(sample.rotation, self._neutral)
        shut = max(openness(sample.eyes, self._usual)) < OPEN_ENOUGH
        if shut and not cast_down(sample.eyes, self._usual, angles(turn)):
            return None
        return look_of(sample.eyes, turn, self._usual)

    def _plausible(self) -> bool:
        """Whether the dots so far were followed; works out the screen after the last corner."""
        if len(self._rested) == _UPPER_CORNERS:
            return follows(*self._rested)
        if len(self._rested) == len(CORNERS):
            self._screen = screen_of(self._rested)
            return self._screen is not None
        return True

    def _next(self, now: Moment, before: Look) -> Followed | None:
        target = next(self._left, None)
        if target is not None:
            self._fixation = Fixation(target, now, before)
            return None
        return self._checked()

    def _checked(self) -> Followed:
        if self._screen is None:
            return Followed()
        checks = list(zip(CHECKS, self._rested[len(CORNERS) :], strict=True))
        error = error_deg(self._screen, checks)
        return Followed(self._screen, error) if error <= WORST_ERROR_DEG else Followed()
