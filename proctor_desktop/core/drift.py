"""Whether the candidate has come to sit differently since the calibration: a hint, not a violation.

Judged are the angles of the head, where the face is in the picture and how near it is, each against
the calibration. A change counts that has lasted for most of the last minute and a half, always to
the same side: no glance, no turn of the head and no half a minute of leaning forward does.

The limits are where the angles begin to mislead. People sit about four face widths from the screen:
half a width aside or down shows it from 7 degrees elsewhere, and 1.3 times as near a wide screen's
edge lies 5 degrees further out; 5 degrees are all that a look beyond the edge is allowed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import log, sqrt
from statistics import median
from typing import TypeAlias

from proctor_desktop.core.effect import Warn
from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox, FacesSeen, HeadPose

RULE = "seat_drift"
SAYS = "You sit differently from when we calibrated. Calibrate again if you like."
LIMIT_DEG = 8.0
LIMIT_FACE_WIDTHS = 0.5
LIMIT_TIMES_AS_NEAR = 1.3
HELD_S = 60.0
WINDOW_S = 80.0
SPACING_S = 600.0
REFERENCE_S = 5.0

_SAMPLE_S = 1.0
_EARLY_S = 0.1
_LONGEST_STEP_S = 3.0

Measures: TypeAlias = tuple[float, ...]
"""How far each thing is from the calibration, in limits: beyond 1 or below -1 it is too far."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a face is: its centre and its size (that of a square as large), in pixels."""

    x_px: float
    y_px: float
    size_px: float


@dataclass(frozen=True, slots=True)
class _Sample:
    """How the candidate sat at a moment, which stands for so many seconds."""

    moment: Moment
    stands_for_s: float
    measures: Measures


@dataclass
class SeatDrift:
    """Follows faces all the time, and the head's poses while the exam is on."""

    _places: deque[tuple[Moment, Place]] = field(default_factory=deque)
    _calibrated: Moment | None = None
    _usual: Place | None = None
    _samples: deque[_Sample] = field(default_factory=deque)
    _told: Moment | None = None

    def calibrated(self, moment: Moment) -> None:
        """From now on everything is measured against how the candidate has just sat.

        Where no face has been seen lately, as after a restart, the first seconds from now on stand
        in for where it was.
        """
        self._calibrated, self._told = moment, None
        self._samples.clear()
        self._forget_before(moment)
        self._usual = _middle(self._places)

    def place(self, moment: Moment, seen: FacesSeen) -> None:
        """Take the faces of one picture: the largest is the candidate's."""
        if not seen.faces:
            return
        self._forget_before(moment)
        self._places.append((moment, _place(seen.faces[0])))
        began = self._calibrated
        if self._usual is None and began is not None and moment.since_s(began) >= REFERENCE_S:
            self._usual = _middle(self._places)

    def see(self, moment: Moment, pose: HeadPose) -> list[Warn]:
        """Take one pose; the hint, at most every ten minutes, once a change has lasted a minute.

        One look a second is enough; a span without poses counts like a short one, since it does not
        say how the candidate sits.
        """
        passed_s = moment.since_s(self._samples[-1].moment) if self._samples else _SAMPLE_S
        if passed_s < _SAMPLE_S - _EARLY_S:
            return []
        stands_for_s = min(passed_s, _LONGEST_STEP_S)
        self._samples.append(_Sample(moment, stands_for_s, self._measures(pose)))
        while moment.since_s(self._samples[0].moment) >= WINDOW_S:
            self._samples.popleft()
        return self._hint(moment)

    def _measures(self, pose: HeadPose) -> Measures:
        angles = (pose.yaw_deg / LIMIT_DEG, pose.pitch_deg / LIMIT_DEG)
        if self._usual is None or not self._places:
            return (*angles, 0.0, 0.0, 0.0)
        return (*angles, *_moved(self._usual, self._places[-1][1]))

    def _hint(self, moment: Moment) -> list[Warn]:
        if self._told is not None and moment.since_s(self._told) < SPACING_S:
            return []
        ways = range(len(self._samples[0].measures))
        if not any(self._lasted_s(way, side) >= HELD_S for way in ways for side in (-1, 1)):
            return []
        self._told = moment
        return [Warn(moment, RULE, SAYS)]

    def _lasted_s(self, way: int, side: int) -> float:
        """For how much of the window this has been too far to this side."""
        return sum(one.stands_for_s for one in self._samples if one.measures[way] * side > 1)

    def _forget_before(self, moment: Moment) -> None:
        while self._places and moment.since_s(self._places[0][0]) > REFERENCE_S:
            self._places.popleft()


def _place(face: FaceBox) -> Place:
    x, y = face.centre
    size_px = sqrt(face.width * WIDTH_PX * face.height * HEIGHT_PX)
    return Place(x * WIDTH_PX, y * HEIGHT_PX, size_px)


def _middle(places: deque[tuple[Moment, Place]]) -> Place | None:
    """The median of the places; None without any."""
    if not places:
        return None
    return Place(
        median(place.x_px for _, place in places),
        median(place.y_px for _, place in places),
        median(place.size_px for _, place in places),
    )


def _moved(usual: Place, now: Place) -> Measures:
    """Aside, down and nearer, in limits."""
    limit_px = LIMIT_FACE_WIDTHS * usual.size_px
    if limit_px <= 0 or now.size_px <= 0:
        return (0.0, 0.0, 0.0)
    nearer = log(now.size_px / usual.size_px) / log(LIMIT_TIMES_AS_NEAR)
    return ((now.x_px - usual.x_px) / limit_px, (now.y_px - usual.y_px) / limit_px, nearer)
