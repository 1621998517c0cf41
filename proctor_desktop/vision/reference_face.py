"""The average face that every seen face is compared with.

It was measured on photographs by ``tests/eval/measure_reference_face.py``; ``assets/README.md``
says how. It is a shape only: no picture and no single person can be recovered from it.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem

LANDMARKS = 468
"""Landmarks of the face itself; the ten that follow in a mesh are the irises."""

_SHAPES = ((LANDMARKS, 3), (LANDMARKS,), (LANDMARKS,))

Points: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReferenceFace:
    """A symmetric mean face that looks straight into the camera.

    ``points_mm`` is 468 x 3 in millimetres: x to the right of the picture (the candidate's own
    left), y up, z towards the camera; its weighted centre is the origin. ``weights`` (468, sum 1)
    say how rigid each landmark is. ``mirror`` (468) names for each landmark its partner on the
    other side of the face. It is as deep as ``geometry.camera_points`` makes the faces that
    are seen, so that the two match.
    """

    points_mm: Points
    weights: NDArray[np.float64]
    mirror: NDArray[np.int64]


def load_reference_face(path: Path | None = None) -> ReferenceFace:
    """Read the reference face from ``path``, or from the program's assets.

    Raises EnvironmentProblem if the file is missing or is not a reference face.
    """
    path = path or resource("assets", "reference_face.npz")
    try:
        with np.load(path, allow_pickle=False) as stored:
            points_mm, weights, mirror = stored["points_mm"], stored["weights"], stored["mirror"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        raise _not_a_face(path, str(problem)) from problem
    if (points_mm.shape, weights.shape, mirror.shape) != _SHAPES:
        raise _not_a_face(path, "its arrays have the wrong shape")
    exact = weights.astype(np.float64)
    return ReferenceFace(points_mm.astype(np.float64), exact / exact.sum(), mirror.astype(np.int64))


def _not_a_face(path: Path, why: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        str(path), f"the reference face cannot be read ({why})", "Install the program again."
    )
