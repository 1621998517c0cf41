"""A head in three dimensions: the face's landmarks, hair around them, a skull behind.

MediaPipe's depth is that of a mask pressed flat: turned by 45 degrees it looks turned by 25. The
face therefore gets the depth that faces have, and the head is closed by half an ellipsoid whose
texture is the hair mirrored at the outline, so that there is a head to see when it turns.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from proctor_desktop.demo.portrait import FACE_POINTS, Mask, Points, Portrait

DEPTH_FACTOR = 1.5
"""Anatomical depth of a face over the depth that the model states."""

_DIRECTIONS = 72
_RING_SHARES = (0.2, 0.4, 0.6, 0.78, 0.92, 1.0)
_BACK_ANGLES = np.radians([15.0, 30.0, 45.0, 60.0, 75.0, 90.0])
_RIM_INSET_PX = 2.0
_HAIR_PX = 4.0
_SKULL_DEPTH = 0.85
_PIVOT_BEHIND_EARS = 0.0
_BULGE = 0.1
_TRAGI = (234, 454)
_JAW_CORNERS = (58, 288)
_CHIN = 152


@dataclass(frozen=True, slots=True)
class HeadMesh:
    """A closed head.

    ``vertices``: N x 3, pixels from the ``pivot`` (x right, y down, z towards the camera);
    ``texture``: N x 2, where in the portrait a vertex takes its colour; ``shade``: N, a factor on
    that colour; ``triangles``: M x 3, clockwise when seen from outside.
    """

    vertices: Points
    texture: Points
    shade: Points
    triangles: npt.NDArray[np.int32]
    pivot: Points


def head_region(portrait: Portrait) -> Mask:
    """What of the person is head: all above the jaw's corners, and the face."""
    rows, columns = np.indices(portrait.person.shape)
    left, right = portrait.landmarks[list(_JAW_CORNERS), :2]
    slope = (right[1] - left[1]) / (right[0] - left[0])
    above = rows < left[1] + (columns - left[0]) * slope
    region = np.where(above, portrait.person, 0).astype(np.uint8)
    cv2.fillConvexPoly(region, face_hull(portrait).astype(np.int32), (255,))
    return region


def face_hull(portrait: Portrait) -> Points:
    """The convex outline of the face's landmarks: K x 2, pixels."""
    points = portrait.landmarks[:FACE_POINTS, :2].astype(np.float32)
    return np.asarray(cv2.convexHull(points)[:, 0], dtype=np.float64)


def build_head(portrait: Portrait, depth_factor: float = DEPTH_FACTOR) -> HeadMesh:
    """The head of a portrait, with ``depth_factor`` on the depth of its landmarks."""
    face = portrait.landmarks[:FACE_POINTS] * (1.0, 1.0, depth_factor)
    ...
