"""The portrait cut into what a scene needs: the picture, the person's outline, the face's points.

The outline below was drawn by hand on the astronaut portrait (512 x 512, public domain) and only
needs to be right to a few pixels: GrabCut finds the real edge within a narrow band around it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_desktop.config.remedy import SYNC_WEIGHTS
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

Picture: TypeAlias = npt.NDArray[np.uint8]
"""480 x 640 x 3, RGB."""
Mask: TypeAlias = npt.NDArray[np.uint8]
"""480 x 640, 0 or 255."""
Points: TypeAlias = npt.NDArray[np.float64]

FindLandmarks: TypeAlias = Callable[[Picture], Points | None]
"""The 478 face landmarks of a picture as x, y in pixels and z in the scale of x, or None."""

FACE_POINTS = 468
"""Landmarks of the face mesh; the ten after them are irises."""

_PORTRAIT_SIZE = (512, 512)
_CROP_LEFT, _CROP_TOP, _CROP_WIDTH, _CROP_HEIGHT = 27, 0, 400, 300
_SCALE = WIDTH_PX / _CROP_WIDTH
_BAND_PX = 17
_OUTLINE = (
    (40, 300), (52, 266), (86, 228), (111, 209), (114, 188), (121, 169), (146, 152), (177, 147),
    (184, 150), (181, 132), (171, 128), (166, 116), (154, 100), (154, 75), (161, 59), (191, 28),
    (214, 18), (246, 16), (271, 34), (290, 53), (301, 81), (297, 103), (280, 131), (268, 136),
    (260, 156), (256, 176), (277, 191), (296, 212), (304, 234), (333, 250), (344, 266), (353, 300),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Portrait:
    """A person as the camera would see them, with their outline and their face's landmarks.

    ``landmarks`` is 478 x 3: x right, y down, z *towards* the camera, all in pixels.
    """

    picture: Picture
    person: Mask
    landmarks: Points


def load_portrait(path: Path, find_landmarks: FindLandmarks) -> Portrait:
    """Cut the astronaut portrait to a camera picture and find the person and the face in it.

    Raises EnvironmentProblem if the file is unreadable, another picture, or shows no face.
    """
    picture = _as_camera_picture(_read(path))
    landmarks = find_landmarks(picture)
    if landmarks is None:
        raise _not_the_portrait(path, "no face was found in it")
    return Portrait(picture, _outline(picture), landmarks * (1.0, 1.0, -1.0))


def _read(path: Path) -> npt.NDArray[Any]:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise _not_the_portrait(path, "it is missing or no picture")
    if image.shape[:2] != _PORTRAIT_SIZE:
        raise _not_the_portrait(path, f"it is {image.shape[1]} x {image.shape[0]} pixels")
    return image


def _not_the_portrait(path: Path, why: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        str(path),
        f"this is not the demo's portrait ({why})",
        SYNC_WEIGHTS,
    )


def _as_camera_picture(image: npt.NDArray[Any]) -> Picture:
    rows = slice(_CROP_TOP, _CROP_TOP + _CROP_HEIGHT)
    columns = slice(_CROP_LEFT, _CROP_LEFT + _CROP_WIDTH)
    size = (WIDTH_PX, HEIGHT_PX)
    enlarged = cv2.resize(image[rows, columns], size, interpolation=cv2.INTER_LANCZOS4)
    return np.ascontiguousarray(cv2.cvtColor(enlarged, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _outline(picture: Picture) -> Mask:
    corner = np.array([_CROP_LEFT, _CROP_TOP])
    drawn = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(drawn, [((np.array(_OUTLINE) - corner) * _SCALE).astype(np.int32)], (255,))
    band = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_BAND_PX, _BAND_PX))
    labels = np.full(drawn.shape, cv2.GC_BGD, np.uint8)
    labels[cv2.dilate(drawn, band) > 0] = cv2.GC_PR_BGD
    labels[drawn > 0] = cv2.GC_PR_FGD
    labels[cv2.erode(drawn, band, borderType=cv2.BORDER_CONSTANT, borderValue=(255,)) > 0] = (
        cv2.GC_FGD
    )
    cv2.setRNGSeed(1)  # GrabCut draws its clusters at random
    behind, before = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(picture, labels, (0, 0, 0, 0), behind, before, 4, cv2.GC_INIT_WITH_MASK)
    found = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8) * 255
    opened = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return np.asarray(opened, dtype=np.uint8)
