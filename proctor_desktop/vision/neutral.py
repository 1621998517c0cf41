"""The neutral pose: how the head is held while the candidate looks at the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.vision.geometry import Rotation, angle_between_deg
from proctor_desktop.vision.stored import exact_fields, number

TRIM_FACTOR = 3.0
TRIM_FLOOR_DEG = 0.5

_WHAT = "a neutral pose"
_FIELDS = ("rotation", "centre_x", "centre_y", "spread_deg", "samples")
_ROTATION_NUMBERS = 9


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
        return asdict(self) | {"rotation": list(self.rotation)}

    @classmethod
    def from_json(cls, body: Any) -> Self:
        """The inverse of :meth:`to_json`; raises ValueError for anything else."""
        fields = exact_fields(body, _FIELDS, _WHAT)
        rotation, samples = fields["rotation"], fields["samples"]
        if not isinstance(rotation, (list, tuple)) or len(rotation) != _ROTATION_NUMBERS:
            raise ValueError(f"not {_WHAT}: its rotation is not nine numbers")
        if isinstance(samples, bool) or not isinstance(samples, int):
            raise ValueError(f"not {_WHAT}: {samples!r} is no number of samples")
        neutral = cls(
            tuple(number(value, _WHAT) for value in rotation),
            number(fields["centre_x"], _WHAT),
            number(fields["centre_y"], _WHAT),
            number(fields["spread_deg"], _WHAT),
            samples,
        )
        turn = neutral.matrix()
        if not np.allclose(turn @ turn.T, np.eye(3), atol=1e-3) or np.linalg.det(turn) < 0:
            raise ValueError(f"not {_WHAT}: its rotation is not one")
        return neutral


def neutral_of(rotations: Sequence[Rotation], centres: Sequence[tuple[float, float]]) -> Neutral:
    """The robust mean of a hold, and its spread."""
    turns = np.array(rotations)
    mean = robust_mean(turns)
    x, y = np.median(centres, axis=0)
    spread_deg = float(np.sqrt((_distances_deg(turns, mean) ** 2).mean()))
    return Neutral(
        tuple(round(float(value), 6) for value in mean.ravel()),
        round(float(x), 4),
        round(float(y), 4),
        round(spread_deg, 2),
        len(turns),
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
