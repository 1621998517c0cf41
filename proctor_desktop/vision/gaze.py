"""Where a face looks: the iris between the corners of each eye, and the head, in degrees.

The camera sees the iris move with the gaze, and the corners of the eye with the head; what the head
alone does to the distance between the two is undone by ``LEVER`` times its turn. All that is needed
are differences from the calibrated neutral, so that no eye has to be like another.
"""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from math import asin, degrees, hypot
from statistics import median
from typing import Any, Final, Self

from proctor_desktop.core.moment import Moment
from proctor_desktop.vision.eyes import Eyes
from proctor_desktop.vision.geometry import Rotation
from proctor_desktop.vision.stored import numbers

SIDEWAYS_RADIUS_MM = 7.5
"""By how much the iris of the mesh moves for a radian of gaze. A real one moves about 10 mm; the
mesh follows it by three quarters (one man's glance to either side, measured in the picture)."""

UPWARD_RADIUS_MM = 5.0
"""The same upwards and downwards, where the lids hide half of the movement from the mesh."""

SIDEWAYS_LEVER_MM = 5.0
UPWARD_LEVER_MM = 1.9
"""From two men who turn their heads while they look at the camera: with these their gaze stays."""

LIDS_DEG_PER_MM = 10.0
"""The lids follow the gaze up and down; how many degrees a millimetre of theirs stands for."""

WIDEST_DEG = 35.0
"""No eye turns further in its head without pain; beyond it the mesh has lost the iris."""

SMOOTHING_S = 0.3
"""Three pictures at 8 a second: one odd one does no harm, and a glance is told one picture late."""

BLINK_S = 0.75
"""A gaze is held through a blink; eyes that are closed for longer look nowhere."""

OPEN_ENOUGH = 0.45
"""Openness below which the iris of the mesh is a guess."""

SURE_PX_PER_MM = 0.8
"""Face scale from which on an iris is large enough to be placed well (about 9 pixels wide)."""


@dataclass(frozen=True, slots=True)
class Look:
    """One momentary gaze, in degrees from the screen's middle; left (own) and up are positive."""

    horizontal_deg: float
    vertical_deg: float


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen's edges as gaze angles, as they were measured; left and top are the larger ones.

    A look is inside up to these edges, and up to LEAST of each in any case.
    """

    left_deg: float
    right_deg: float
    top_deg: float
    bottom_deg: float

    def outside_deg(self, look: Look, nearness: float = 1.0) -> float:
        """How far ``look`` is beyond the nearest edge, 0 on the screen.

        ``nearness``: how many times nearer the face is than at calibration, at least 1; the screen
        is as much wider for it.
        """
        across, up = look.horizontal_deg, look.vertical_deg
        aside = max(
            across - max(self.left_deg, LEAST.left_deg) * nearness,
            min(self.right_deg, LEAST.right_deg) * nearness - across,
        )
        over = max(
            up - max(self.top_deg, LEAST.top_deg) * nearness,
            min(self.bottom_deg, LEAST.bottom_deg) * nearness - up,
        )
        return hypot(max(0.0, aside), max(0.0, over))

    def at(self, x: float, y: float) -> Look:
        """The gaze that belongs to a point in fractions of the screen, origin top left."""
        return Look(
            self.left_deg + (self.right_deg - self.left_deg) * x,
            self.top_deg + (self.bottom_deg - self.top_deg) * y,
        )

    def to_json(self) -> dict[str, float]:
        """What the ``calibration`` record holds; :meth:`from_json` gives back an equal object."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Any) -> Self:
        """The inverse of :meth:`to_json`; raises ValueError for anything else."""
        edges = cls(
            **numbers(body, ("left_deg", "right_deg", "top_deg", "bottom_deg"), "a screen's edges")
        )
        if edges.left_deg <= edges.right_deg or edges.top_deg <= edges.bottom_deg:
            raise ValueError("not a screen's edges: they lie on the wrong sides")
        return edges


LEAST: Final = Screen(6.0, -6.0, 8.0, -12.0)
"""No screen is smaller than this to the rule, whatever the corners gave: lids and brows move up and
down by as much while people read and type."""

ASSUMED_SCREEN: Final = Screen(12.0, -12.0, 15.0, -20.0)
"""Without calibrated corners: a 14-inch laptop at arm's length. With the rule's own margin of 5
degrees a look is away from 17 degrees on. That is inside the edges (22 degrees) of a 24-inch
monitor at 65 cm: whoever has one should calibrate the corners. Upwards and downwards there is more
room, because lids and brows move for many reasons, and because a keyboard is looked at."""


def look_of(now: Eyes, turn: Rotation, usual: Eyes) -> Look:
    """The gaze in one picture; ``turn`` is the head's turn away from neutral, in the camera frame.

    Upwards and downwards the iris and the lids must agree: raised brows lower the one, and a smile
    the other, without anybody looking anywhere.
    """
    head_left, head_up = float(turn[0, 2]), float(turn[1, 2])
    yaw, pitch = degrees(asin(_within(head_left, 1.0))), degrees(asin(_within(head_up, 1.0)))
    left, up = _iris_shift_mm(now, turn, usual)
    aside = degrees((left + SIDEWAYS_LEVER_MM * head_left) / SIDEWAYS_RADIUS_MM) - yaw
    iris = degrees((up + UPWARD_LEVER_MM * head_up) / UPWARD_RADIUS_MM) - pitch
    upward = _agreed(iris, LIDS_DEG_PER_MM * _lids_shift_mm(now, usual))
    return Look(yaw + _within(aside, WIDEST_DEG), pitch + _within(upward, WIDEST_DEG))


def _iris_shift_mm(now: Eyes, turn: Rotation, usual: Eyes) -> tuple[float, float]:
    """How far both irises are from where they would be at rest in this head, to the left and up.

    The eye that is seen at its full width counts more. Sideways so does the one that has moved
    further, where both have moved the same way: the mesh loses part of a movement to the nose.
    """
    pairs = ((now.left, usual.left), (now.right, usual.right))
    total = sum(eye.width_mm**2 for eye, _ in pairs) or 1.0
    weights = [eye.width_mm**2 / total for eye, _ in pairs]
    rests = [turn[:2, :2] @ (eye.iris_left_mm, eye.iris_up_mm) for _, eye in pairs]
    left = [n.iris_left_mm - float(rest[0]) for (n, _), rest in zip(pairs, rests, strict=True)]
    up = [n.iris_up_mm - float(rest[1]) for (n, _), rest in zip(pairs, rests, strict=True)]
    mean = weights[0] * left[0] + weights[1] * left[1]
    if left[0] * left[1] > 0:
        weight, further = max(zip(weights, left, strict=True), key=lambda one: abs(one[1]))
        mean += weight * (further - mean)
    return mean, weights[0] * up[0] + weights[1] * up[1]


def _lids_shift_mm(now: Eyes, usual: Eyes) -> float:
    return (now.left.lids_mm - usual.left.lids_mm + now.right.lids_mm - usual.right.lids_mm) / 2


def _within(value: float, limit: float) -> float:
    return min(limit, max(-limit, value))


def _agreed(one: float, other: float) -> float:
    """The smaller of the two if they point the same way, else nothing."""
    if one * other <= 0:
        return 0.0
    return min(one, other, key=abs)


def sureness(now: Eyes, fit_confidence: float) -> float:
    """How far to trust a gaze, 0 to 1: a rigid face that is large enough in the picture."""
    return fit_confidence * min(1.0, now.px_per_mm / SURE_PX_PER_MM)


class SteadyGaze:
    """The median over SMOOTHING_S, held through blinks."""

    def __init__(self) -> None:
        self._looks: deque[tuple[Moment, Look]] = deque()

    def add(self, moment: Moment, look: Look | None) -> Look | None:
        """Take one picture's gaze (None while the eyes are shut) and give the smoothed one.

        None when the eyes have been shut for longer than a blink, and before they were open.
        """
        if look is None:
            if not self._looks or moment.since_s(self._looks[-1][0]) > BLINK_S:
                self._looks.clear()
                return None
        else:
            while self._looks and moment.since_s(self._looks[0][0]) > SMOOTHING_S:
                self._looks.popleft()
            self._looks.append((moment, look))
        return Look(
            median(one.horizontal_deg for _, one in self._looks),
            median(one.vertical_deg for _, one in self._looks),
        )
