"""Finding the candidate's neutral pose: how the head is held while looking at the screen.

The collector is a plain object that is told what each analysis saw; it owns no thread and no clock.
It never stands in anybody's way: after a while it gives up with a reason, and the exam goes on
without head angles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.moment import Moment
from proctor_desktop.vision.geometry import Fit, Rotation, angle_between_deg

HOLD_S = 3.0
"""How long one face must be seen without a break."""

LONGEST_BREAK_S = 0.5
"""A face that was away for longer starts the hold again; a single lost frame does not."""

MIN_SAMPLES = 9
"""Fewer pictures in that time say too little, however still they are."""

SPREAD_LIMIT_DEG = 3.0
"""The self-check: a hold with more spread than this is not taken."""

TIMEOUT_S = 30.0

TRIM_FACTOR = 3.0
TRIM_FLOOR_DEG = 0.5

NO_FACE = "We can't see your face"
MANY_FACES = "Only your face in view, please"
HOLD_STILL = "Please hold still and look at the screen"
NO_PICTURE = "We get no picture from your camera"

_GIVEN_UP = {
    NO_FACE: "no face was seen for long enough",
    MANY_FACES: "more than one face was in view",
    HOLD_STILL: "the head did not keep still for long enough",
    NO_PICTURE: "the camera gave no picture",
}


@dataclass(frozen=True, slots=True)
class Neutral:
    """The calibrated neutral pose.

    ``rotation`` is 3 x 3, row by row. ``centre_x`` and ``centre_y`` are where the face was, in
    fractions of the picture. ``spread_deg`` is the rms angle of all samples from the mean: the
    error of the calibration.
    """

    rotation: tuple[float, ...]
    centre_x: float
    centre_y: float
    spread_deg: float
    samples: int

    def matrix(self) -> Rotation:
        """The rotation as an array."""
        return np.array(self.rotation).reshape(3, 3)

    def to_json(self) -> dict[str, Any]:
        """What the ``calibration`` record holds; :meth:`from_json` gives back an equal object."""
        return {
            "rotation": list(self.rotation),
            "centre_x": self.centre_x,
            "centre_y": self.centre_y,
            "spread_deg": self.spread_deg,
            "samples": self.samples,
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_json`; raises ValueError for anything else."""
        try:
            neutral = cls(
                tuple(float(value) for value in body["rotation"]),
                float(body["centre_x"]),
                float(body["centre_y"]),
                float(body["spread_deg"]),
                int(body["samples"]),
            )
            turn = neutral.matrix()
        except (KeyError, TypeError, ValueError) as problem:
            raise ValueError(f"not a neutral pose: {problem}") from problem
        if not np.allclose(turn @ turn.T, np.eye(3), atol=1e-3) or np.linalg.det(turn) < 0:
            raise ValueError("not a neutral pose: its rotation is not one")
        return neutral


@dataclass(frozen=True, slots=True)
class CalibrationProgress:
    """How far the hold is (0 to 1) and the one thing the candidate should do now."""

    progress: float
    hint: str


@dataclass(frozen=True, slots=True)
class CalibrationOutcome:
    """The neutral pose, or None and the reason why there is none."""

    neutral: Neutral | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Sample:
    moment: Moment
    rotation: Rotation
    centre: tuple[float, float]


class Collector:
    """Collects faces until they make a neutral pose or ``timeout_s`` has passed."""

    def __init__(self, started: Moment, timeout_s: float = TIMEOUT_S) -> None:
        self._started = started
        self._timeout_s = timeout_s
        self._hold: list[_Sample] = []
        self._hints: Counter[str] = Counter()

    def add(
        self, moment: Moment, fit: Fit | None, face_count: int
    ) -> CalibrationProgress | CalibrationOutcome:
        """Tell what one analysis saw; ``fit`` belongs to the largest of ``face_count`` faces."""
        if fit is not None and face_count == 1:
            self._keep(_Sample(moment, fit.rotation, fit.box.centre))
            neutral = self._neutral()
            if neutral is not None:
                return CalibrationOutcome(neutral)
            return self._go_on(moment, HOLD_STILL)
        return self._go_on(moment, MANY_FACES if face_count > 1 else NO_FACE)

    def no_picture(self, now: Moment) -> CalibrationProgress | CalibrationOutcome:
        """Tell that no picture has come for a while."""
        return self._go_on(now, NO_PICTURE)

    def _keep(self, sample: _Sample) -> None:
        if self._hold and sample.moment.since_s(self._hold[-1].moment) > LONGEST_BREAK_S:
            self._hold.clear()
        self._hold.append(sample)

    def _neutral(self) -> Neutral | None:
        """The neutral pose, if the hold is long and still enough.

        After an unquiet hold its older half is forgotten, so that the next try comes soon.
        """
        if self._held_s() < HOLD_S or len(self._hold) < MIN_SAMPLES:
            return None
        neutral = neutral_of(self._hold)
        if neutral.spread_deg <= SPREAD_LIMIT_DEG:
            return neutral
        del self._hold[: len(self._hold) // 2]
        return None

    def _held_s(self) -> float:
        return self._hold[-1].moment.since_s(self._hold[0].moment) if self._hold else 0.0

    def _go_on(self, now: Moment, hint: str) -> CalibrationProgress | CalibrationOutcome:
        self._hints[hint] += 1
        if now.since_s(self._started) >= self._timeout_s:
            return CalibrationOutcome(None, _GIVEN_UP[self._hints.most_common(1)[0][0]])
        if self._hold and now.since_s(self._hold[-1].moment) > LONGEST_BREAK_S:
            self._hold.clear()
        return CalibrationProgress(min(1.0, self._held_s() / HOLD_S), hint)


def neutral_of(samples: Sequence[_Sample]) -> Neutral:
    """The robust mean of a hold and its spread."""
    rotations = np.array([sample.rotation for sample in samples])
    mean = robust_mean(rotations)
    x, y = np.median([sample.centre for sample in samples], axis=0)
    spread_deg = float(np.sqrt((_distances_deg(rotations, mean) ** 2).mean()))
    return Neutral(
        tuple(round(float(value), 6) for value in mean.ravel()),
        round(float(x), 4),
        round(float(y), 4),
        round(spread_deg, 2),
        len(samples),
    )


def robust_mean(rotations: NDArray[np.float64]) -> Rotation:
    """The chordal mean of n x 3 x 3 rotations, once more without those far from the first one.

    Far is more than TRIM_FACTOR times the median distance: a glance aside does not pull the mean.
    """
    distances = _distances_deg(rotations, _chordal_mean(rotations))
    near = distances <= max(TRIM_FLOOR_DEG, TRIM_FACTOR * float(np.median(distances)))
    return _chordal_mean(rotations[near])


def _chordal_mean(rotations: NDArray[np.float64]) -> Rotation:
    left, _, right = np.linalg.svd(rotations.sum(axis=0))
    sign = np.array((1.0, 1.0, np.linalg.det(left @ right)))
    return np.asarray((left * sign) @ right)


def _distances_deg(rotations: NDArray[np.float64], mean: Rotation) -> NDArray[np.float64]:
    return np.array([angle_between_deg(rotation, mean) for rotation in rotations])
