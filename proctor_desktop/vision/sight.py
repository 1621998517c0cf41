"""What one picture shows, in the forms that the parts of vision hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.vision.geometry import Fit, Mesh

RgbImage: TypeAlias = NDArray[np.uint8]
"""480 x 640 x 3, RGB, as the camera delivers it; never written to."""

KEYPOINTS = 5


@dataclass(frozen=True, slots=True)
class Detection:
    """A face as a detector finds it: a box with its score, and five points of it.

    ``keypoints`` is 5 x 2 in fractions of the picture: the eye at the picture's left (the
    candidate's own right), the other eye, the tip of the nose, and the corners of the mouth in the
    same order as the eyes.
    """

    box: FaceBox
    keypoints: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one analysed picture showed.

    ``faces`` are all faces, largest first. ``mesh`` and ``fit`` belong to the face that is
    followed, which is the candidate's as far as one can know; None without one. ``living`` counts
    the faces that have ever moved, and within the time that the exam takes for keeping still.
    ``brightness`` (0-1) is that of the followed face, or of the picture without one.
    ``coarse_yaw_deg`` is where the candidate's head is turned, from straight into the camera, when
    it turned away so far that the mesh was lost while the detector still sees the face.
    """

    frame: int
    moment: Moment
    faces: tuple[FaceBox, ...]
    living: int
    mesh: Mesh | None
    fit: Fit | None
    brightness: float
    coarse_yaw_deg: float | None = None
