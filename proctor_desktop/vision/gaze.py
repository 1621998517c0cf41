"""Where a face looks: the iris between the corners of each eye, and the head, in degrees.

The camera sees the iris move with the gaze, and the corners of the eye with the head; what the head
alone does to the distance between the two is undone by ``LEVER`` times its turn. All that is needed
are differences from the calibrated neutral, so that no eye has to be like another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import asin, degrees
from statistics import median

from proctor_desktop.core.moment import Moment
from proctor_desktop.vision.eyes import Eyes
from proctor_desktop.vision.geometry import Rotation
from proctor_desktop.vision.screen import Look

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

TURNED_DEG = 12.0
"""From this turn of the head on an eye's word counts only as far as the other eye bears it out."""

PARTED_DEG, ASTRAY_DEG = 20.0, 45.0
"""Eyes move together. In nineteen of twenty pictures of eight people the mesh has them within 11
degrees of each other, and hardly ever beyond 20; from there on they are believed less and less."""

SMOOTHING_S = 0.3
"""Three pictures at 8 a second: one odd one does no harm, and a glance is told one picture late."""

BLINK_S = 0.75
"""A gaze is held through a blink; eyes that are closed for longer look nowhere."""

OPEN_ENOUGH = 0.45
"""Openness below which the iris of the mesh is a guess."""

SURE_PX_PER_MM = 0.8
"""Face scale from which on an iris is large enough to be placed well (about 9 pixels wide)."""


def look_of(now: Eyes, turn: Rotation, usual: Eyes) -> Look:
    """The gaze in one picture; ``turn`` is the head's turn away from neutral, in the camera frame.

    Upwards and downwards the iris and the lids must agree: raised brows lower the one, and a smile
    the other, without anybody looking anywhere.
    """
    head_up = float(turn[1, 2])
    yaw, pitch = _degrees(float(turn[0, 2])), _degrees(head_up)
    up = _of_both(now, [shift[1] for shift in _iris_shifts_mm(now, turn, usual)])
    iris = degrees((up + UPWARD_LEVER_MM * head_up) / UPWARD_RADIUS_MM) - pitch
    upward = _agreed(iris, LIDS_DEG_PER_MM * _lids_shift_mm(now, usual))
    aside = _aside_deg(now, _each_aside_deg(now, turn, usual), yaw)
    return Look(yaw + _within(aside, WIDEST_DEG), pitch + _within(upward, WIDEST_DEG))


def _aside_deg(now: Eyes, each: tuple[float, float], yaw: float) -> float:
    """How far both eyes are turned in a head that is turned by ``yaw``; all to the left.

    In a straight head the one that has moved further is believed, where both have moved the same
    way: the mesh loses part of a movement to the nose. In a turned head the mesh draws either iris
    too far ahead at times, so the eyes are ahead of it only as far as both are.
    """
    together = each[0] * each[1] > 0
    mean = _of_both(now, each)
    straight = max(each, key=abs) if together else mean
    turned = _agreed(*each) if mean * yaw > 0 else mean
    share = min(1.0, abs(yaw) / TURNED_DEG)
    return straight + share * (turned - straight)


def _each_aside_deg(now: Eyes, turn: Rotation, usual: Eyes) -> tuple[float, float]:
    """How far the left and the right eye are turned in the head, to the left."""
    head_left = float(turn[0, 2])
    left, right = (
        degrees((shift[0] + SIDEWAYS_LEVER_MM * head_left) / SIDEWAYS_RADIUS_MM)
        - _degrees(head_left)
        for shift in _iris_shifts_mm(now, turn, usual)
    )
    return left, right


def _iris_shifts_mm(now: Eyes, turn: Rotation, usual: Eyes) -> list[tuple[float, float]]:
    """How far either iris is from where it would be at rest in this head, to the left and up."""
    shifts = []
    for eye, before in ((now.left, usual.left), (now.right, usual.right)):
        rest = turn[:2, :2] @ (before.iris_left_mm, before.iris_up_mm)
        shifts.append((eye.iris_left_mm - float(rest[0]), eye.iris_up_mm - float(rest[1])))
    return shifts


def _of_both(now: Eyes, each: Sequence[float]) -> float:
    """The mean of what either eye says; the one that is seen at its full width counts more."""
    left, right = now.left.width_mm**2, now.right.width_mm**2
    return (left * each[0] + right * each[1]) / ((left + right) or 1.0)


def _lids_shift_mm(now: Eyes, usual: Eyes) -> float:
    return (now.left.lids_mm - usual.left.lids_mm + now.right.lids_mm - usual.right.lids_mm) / 2


def _degrees(sine: float) -> float:
    return degrees(asin(_within(sine, 1.0)))


def _within(value: float, limit: float) -> float:
    return min(limit, max(-limit, value))


def _agreed(one: float, other: float) -> float:
    """The smaller of the two if they point the same way, else nothing."""
    if one * other <= 0:
        return 0.0
    return min(one, other, key=abs)


def sureness(now: Eyes, turn: Rotation, usual: Eyes, fit_confidence: float) -> float:
    """How far to trust :func:`look_of`, 0 to 1.

    It wants a rigid face that is large enough in the picture, and eyes that move together.
    """
    left, right = _each_aside_deg(now, turn, usual)
    together = (ASTRAY_DEG - abs(left - right)) / (ASTRAY_DEG - PARTED_DEG)
    large = now.px_per_mm / SURE_PX_PER_MM
    return fit_confidence * min(1.0, large) * min(1.0, max(0.0, together))


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
