"""Is this still the same person? A face as a vector, by MobileFaceNet, from the mesh that is there.

Two vectors of one person lie close together, whatever the light; of two people, nearly at a right
angle. It is a 1:1 comparison with the candidate's own reference photo and nothing else: nobody is
looked up, and a vector never leaves the process.
"""

from __future__ import annotations

from math import cos, radians
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.vision.geometry import Fit, Mesh
from proctor_desktop.vision.models import Embedding
from proctor_desktop.vision.onnx import open_model
from proctor_desktop.vision.sight import RgbImage

with importing_opencv():
    import cv2

Points: TypeAlias = NDArray[np.float64]
"""5 x 2 in pixels: the eye at the picture's left, the other one, nose, corners of the mouth."""

SIDE_PX = 112
TEMPLATE: Points = np.array(
    ((38.29, 51.70), (73.53, 51.50), (56.03, 71.74), (41.55, 92.37), (70.73, 92.20))
)
"""Where ArcFace and all that followed it put these five points in the 112 x 112 picture."""

_EYES = ((33, 133), (362, 263))  # the corners of each eye; unlike the iris they stay with the head
_NOSE, _MOUTH = 4, (61, 291)

MEAN = np.array((0.485, 0.456, 0.406), np.float32)
DEVIATION = np.array((0.229, 0.224, 0.225), np.float32)
"""Of ImageNet, as in the network's training; of the three usual ways to scale pixels this one tells
the labelled pairs apart best."""

WIDEST_TURN_DEG = 30.0
EYE_DISTANCE_PX = 36.0
DARKEST, BRIGHTEST = 0.08, 0.92
CONFIDENCE = 0.5
DIGITS = 4


class MobileFaceNet:
    """The face embedder: 128 numbers a face. Use it from one thread.

    Raises EnvironmentProblem when ``model`` is missing or is no model.
    """

    def __init__(self, model: Path) -> None:
        self._session = open_model(model)
        self._input = self._session.get_inputs()[0].name

    def embed(self, image: RgbImage, mesh: Mesh) -> Embedding:
        """The face in ``image`` whose mesh this is, as a vector of length one."""
        (raw,) = self._session.run(None, {self._input: network_input(aligned(image, mesh))})
        vector = np.asarray(raw, np.float32)[0]
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def similarity(one: Embedding, other: Embedding) -> float:
    """The cosine of the angle between two faces: 1 for the same picture, about 0 for strangers."""
    return round(float(np.dot(one, other)), DIGITS) + 0.0  # no minus zero in the records


def comparable(fit: Fit, mesh: Mesh, brightness: float, size_px: tuple[int, int]) -> bool:
    """Whether a comparison of this face means anything; if not, none should be made.

    Turned by at most 30 degrees from the camera, not too far away, fully in the picture, and
    neither in the dark (``brightness`` of the face, 0 to 1) nor washed out: beyond that even the
    same person looks different, which must not be held against anybody. ``size_px`` is the
    picture's width and height.
    """
    eyes = five_points(mesh, size_px)[:2]
    return (
        float(fit.rotation[2, 2]) >= cos(radians(WIDEST_TURN_DEG))
        and float(np.linalg.norm(eyes[1] - eyes[0])) >= EYE_DISTANCE_PX
        and DARKEST <= brightness <= BRIGHTEST
        and fit.confidence >= CONFIDENCE
        and _inside(mesh)
    )


def _inside(mesh: Mesh) -> bool:
    points = mesh[[*_EYES[0], *_EYES[1], _NOSE, *_MOUTH], :2]
    return bool((points > 0.0).all() and (points < 1.0).all())


def aligned(image: RgbImage, mesh: Mesh) -> RgbImage:
    """The face upright in a 112 x 112 picture, eyes, nose and mouth where the network wants them.

    What would lie outside ``image`` is black.
    """
    height, width = image.shape[:2]
    transform = similarity_transform(five_points(mesh, (width, height)), TEMPLATE)
    face = cv2.warpAffine(image, transform, (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR)
    return np.asarray(face, np.uint8)


def five_points(mesh: Mesh, size_px: tuple[int, int]) -> Points:
    """The five points that faces are aligned by, in pixels of a picture of that size."""
    flat = mesh[:, :2].astype(np.float64) * size_px
    eyes = (flat[list(corners)].mean(axis=0) for corners in _EYES)
    return np.stack((*eyes, flat[_NOSE], flat[_MOUTH[0]], flat[_MOUTH[1]]))


def similarity_transform(source: Points, target: Points) -> NDArray[np.float64]:
    """The 2 x 3 turn, scale and shift (no mirroring) that brings ``source`` closest to ``target``.

    Least squares in closed form, with points of the plane as complex numbers: a turn with a scale
    is one complex factor.
    """
    start, end = source.mean(axis=0), target.mean(axis=0)
    one, other = (source - start) @ (1, 1j), (target - end) @ (1, 1j)
    factor = np.vdot(one, other) / np.vdot(one, one).real
    turn = np.array(((factor.real, -factor.imag), (factor.imag, factor.real)))
    return np.column_stack((turn, end - turn @ start))


def network_input(face: RgbImage) -> NDArray[np.float32]:
    """1 x 3 x 112 x 112, RGB, scaled as in training."""
    scaled = (face.astype(np.float32) / 255.0 - MEAN) / DEVIATION
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])
