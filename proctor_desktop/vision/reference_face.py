"""The average face that every seen face is compared with.

It was measured by ``tests/eval/measure_reference_face.py`` on photographs; ``assets/README.md`` says
how. It is a shape only: no picture and no single person can be recovered from it.
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

Points: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReferenceFace:
    """A symmetric mean face that looks straight into the camera.

    ``points_mm`` is 468 x 3 in millimetres: x to the right of the picture (the candidate's own
    left), y up, z towards the camera; its weighted centre is the origin. ``weights`` (468, sum 1)
    say how rigid each landmark is. ``depth`` is the factor by which a mesh's own z must be
    stretched to match: the landmarker draws faces too flat. ``mirror`` (468) names for each
    landmark its partner on the other side of the face.
    """

    points_mm: Points
    weights: NDArray[np.float64]
    depth: float
    mirror: NDArray[np.int64]


def load_reference_face(path: Path | None = None) -> ReferenceFace:
    """Read the reference face from ``path``, or from the program's assets.

    Raises EnvironmentProblem if the file is missing or is not a reference face.
    """
    path = path or resource("assets", "reference_face.npz")
    try:
        with np.load(path, allow_pickle=False) as stored:
            face = ReferenceFace(
                stored["points_mm"].astype(np.float64),
                stored["weights"].astype(np.float64),
                float(stored["depth"]),
                stored["mirror"].astype(np.int64),
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        raise _not_a_face(path, str(problem)) from problem
    if face.points_mm.shape != (LANDMARKS, 3) or face.weights.shape != (LANDMARKS,):
        raise _not_a_face(path, "its arrays have the wrong shape")
    return face


def _not_a_face(path: Path, why: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        str(path), f"the reference face cannot be read ({why})", "Install the program again."
    )
