"""Whether the candidate has come to sit differently since the calibration: a hint, not a violation.

What is judged is a slow mean of the head's pose, so that no glance and no turn of the head counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core.effect import Warn
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import HeadPose

RULE = "seat_drift"
SAYS = "You sit differently from when we calibrated. Calibrate again if you like."
LIMIT_DEG = 8.0
HELD_S = 60.0
SPACING_S = 600.0

_TIME_CONSTANT_S = 60.0
_LONGEST_STEP_S = 3.0
_FURTHEST_DEG = 20.0


@dataclass
class SeatDrift:
    """Follows the poses from one calibration on: each calibration has a fresh one of its own."""

    _yaw_deg: float = 0.0
    _pitch_deg: float = 0.0
    _last: Moment | None = None
    _beyond_since: Moment | None = None
    _told: Moment | None = None

    def see(self, moment: Moment, pose: HeadPose) -> list[Warn]:
        """Take one pose; the hint, at most every ten minutes, once the mean was off for a minute.

        A far turn of the head counts like a moderate one, and a span without poses like a short
        one: neither says how the candidate sits.
        """
        passed_s = 0.0 if self._last is None else moment.since_s(self._last)
        self._last = moment
        step_s = min(max(0.0, passed_s), _LONGEST_STEP_S)
        share = step_s / (_TIME_CONSTANT_S + step_s)
        self._yaw_deg += share * (_bounded(pose.yaw_deg) - self._yaw_deg)
        self._pitch_deg += share * (_bounded(pose.pitch_deg) - self._pitch_deg)
        return self._hint(moment)

    def _hint(self, moment: Moment) -> list[Warn]:
        if max(abs(self._yaw_deg), abs(self._pitch_deg)) <= LIMIT_DEG:
            self._beyond_since = None
            return []
        self._beyond_since = self._beyond_since or moment
        if moment.since_s(self._beyond_since) < HELD_S:
            return []
        if self._told is not None and moment.since_s(self._told) < SPACING_S:
            return []
        self._told = moment
        return [Warn(moment, RULE, SAYS)]


def _bounded(angle_deg: float) -> float:
    return min(_FURTHEST_DEG, max(-_FURTHEST_DEG, angle_deg))
