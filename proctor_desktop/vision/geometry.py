"""From a face mesh to a head rotation, a box and a confidence: plain linear algebra.

Camera frame: x to the right of the picture, y up, z towards the camera. The rotation maps the
reference face (which looks straight into the camera) to the face that is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, degrees, hypot
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.vision.reference_face import LANDMARKS, Points, ReferenceFace

Mesh: TypeAlias = NDArray[np.float32]
"""478 x 3: x and y in fractions of the picture (origin top left), z in the scale of x."""

Rotation: TypeAlias = NDArray[np.float64]
"""3 x 3, orthonormal, determinant 1."""

RESIDUAL_GOOD = 0.10
"""Residual up to which a fit is fully trusted; plain faces lie between 0.03 and 0.10."""

RESIDUAL_BAD = 0.30
"""Residual from which on a fit is worth nothing; wide open mouths and heads turned by 60 degrees
reach 0.17, and nothing that was found in real pictures lay beyond."""


DEPTH = 1.2
"""By how much the landmarker's depth is stretched: it draws heads flatter than they are, 10 cm from
the tip of the nose to the ears in place of some 13.

As drawn, labelled heads up to 45 degrees read at 0.88 of their yaw and 0.78 of their pitch; with
this at 0.96 and 0.86, and their yaw with as little error (leave one out: 3.0 degrees and 2.9). More
moves roll and pitch further off. See ``tests/eval/head_pose.py``."""


@dataclass(frozen=True, slots=True)
class Angles:
    """A head rotation in degrees with the candidate's own signs (see core.observation)."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How a mesh lies on the reference face.

    ``residual`` is the weighted rms distance of the landmarks from the turned reference, as a share
    of the face's size (its weighted rms radius). ``box`` carries the same confidence as its score.
    """

    rotation: Rotation
    residual: float
    box: FaceBox

    @property
    def confidence(self) -> float:
        """How far the mesh is a rigid head, 0 to 1."""
        return self.box.score


def fit(
    mesh: Mesh, reference: ReferenceFace, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX
) -> Fit:
    """Lay ``mesh``, found in a picture of that size, on the reference face."""
    rotation, residual = align(
        reference.points_mm,
        camera_points(mesh, width_px, height_px)[:LANDMARKS],
        reference.weights,
    )
    return Fit(rotation, residual, face_box(mesh, confidence(residual)))


def camera_points(mesh: Mesh, width_px: int, height_px: int) -> Points:
    """All landmarks in pixels, in the camera frame, as deep as a head is."""
    return mesh.astype(np.float64) * (width_px, -height_px, -width_px * DEPTH)


def align(source: Points, target: Points, weights: NDArray[np.float64]) -> tuple[Rotation, float]:
    """The rotation that, with a scale and a shift, brings ``source`` closest to ``target``.

    Weighted Kabsch; weights sum to 1. Also gives the rms distance left over, as a share of the
    target's rms radius (0 = perfect, 1 = nothing in common).
    """
    source = source - weights @ source
    target = target - weights @ target
    left, strength, right = np.linalg.svd((target * weights[:, None]).T @ source)
    mirrored = np.linalg.det(left @ right) < 0
    strength = strength * (1.0, 1.0, -1.0 if mirrored else 1.0)
    left = left * (1.0, 1.0, -1.0 if mirrored else 1.0)
    explained = strength.sum() ** 2 / (_spread(source, weights) * _spread(target, weights))
    return left @ right, float(np.sqrt(max(0.0, 1.0 - explained)))


def _spread(points: Points, weights: NDArray[np.float64]) -> float:
    return float(weights @ (points**2).sum(axis=1))


def angles(rotation: Rotation) -> Angles:
    """Yaw, pitch and roll of a rotation, in the candidate's own signs.

    In the camera frame a positive turn about y takes the nose to the right of the picture, which is
    the candidate's own left; a positive turn about x takes it down, and one about z takes the top
    of the head to the candidate's own right: those two change sign.
    """
    yaw = atan2(-rotation[2, 0], hypot(rotation[2, 1], rotation[2, 2]))
    pitch = atan2(rotation[2, 1], rotation[2, 2])
    roll = atan2(rotation[1, 0], rotation[0, 0])
    return Angles(degrees(yaw), -degrees(pitch), -degrees(roll))


def relative(rotation: Rotation, neutral: Rotation) -> Rotation:
    """The turn away from ``neutral`` that leads to ``rotation``, in the camera frame."""
    return rotation @ neutral.T


def angle_between_deg(one: Rotation, other: Rotation) -> float:
    """The size of the single turn that leads from one rotation to the other, in degrees."""
    cosine = (np.trace(one @ other.T) - 1.0) / 2.0
    return degrees(float(np.arccos(np.clip(cosine, -1.0, 1.0))))


def confidence(residual: float) -> float:
    """1 up to RESIDUAL_GOOD, 0 from RESIDUAL_BAD on, a straight line in between."""
    share = (RESIDUAL_BAD - residual) / (RESIDUAL_BAD - RESIDUAL_GOOD)
    return min(1.0, max(0.0, share))


def face_box(mesh: Mesh, score: float) -> FaceBox:
    """The box around the face landmarks in fractions of the picture; it may reach beyond it."""
    low = mesh[:LANDMARKS, :2].min(axis=0)
    high = mesh[:LANDMARKS, :2].max(axis=0)
    return FaceBox(
        float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]), score
    )


def face_area(mesh: Mesh) -> float:
    """The area of the face's box, as a share of the picture."""
    box = face_box(mesh, 0.0)
    return box.width * box.height
