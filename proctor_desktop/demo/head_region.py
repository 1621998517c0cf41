"""Which part of a portrait's person is head, and which of that is face."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from proctor_desktop.demo.portrait import FACE_POINTS, Mask, Points, Portrait
from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

_JAW_CORNERS = (58, 288)


def head_region(portrait: Portrait) -> Mask:
    """What of the person is head: all above the jaw's corners, and the face below them."""
    rows, columns = np.indices(portrait.person.shape)
    left, right = portrait.landmarks[list(_JAW_CORNERS), :2]
    slope = (right[1] - left[1]) / (right[0] - left[0])
    above = rows < left[1] + (columns - left[0]) * slope
    region = np.where(above, portrait.person, 0).astype(np.uint8)
    return np.asarray(region | face_region(portrait), dtype=np.uint8)


def face_region(portrait: Portrait) -> Mask:
    """What of the person lies within the convex outline of the face's landmarks."""
    outline = portrait.landmarks[face_outline(portrait.landmarks), :2]
    region = np.zeros(portrait.person.shape, np.uint8)
    cv2.fillConvexPoly(region, outline.astype(np.int32), (255,))
    return np.asarray(region & portrait.person, dtype=np.uint8)


def face_outline(points: Points) -> npt.NDArray[np.int32]:
    """The numbers of the landmarks on the convex outline of the face, in order around it."""
    flat = points[:FACE_POINTS, :2].astype(np.float32)
    return np.asarray(cv2.convexHull(flat, returnPoints=False)[:, 0], dtype=np.int32)
