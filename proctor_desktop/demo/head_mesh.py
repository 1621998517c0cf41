"""A head in three dimensions: the face's landmarks, hair around them, a skull behind.

Half an ellipsoid closes it; its texture is the hair mirrored at the outline. Nobody will take it
for the back of a head, but it is there when the head turns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from proctor_desktop.demo.face_depth import TRAGI, between_ears_px, with_anatomical_depth
from proctor_desktop.demo.head_region import face_outline, face_region, head_region
from proctor_desktop.demo.portrait import FACE_POINTS, Mask, Points, Portrait
from proctor_desktop.demo.pose import Pose
from proctor_desktop.demo.rasteriser import Indices
from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

_DIRECTIONS = 72
_RING_SHARES = (0.2, 0.4, 0.6, 0.78, 0.92, 1.0)
_BACK_ANGLES_RAD = np.radians([15.0, 30.0, 45.0, 60.0, 75.0, 89.0])

# In units of the distance between the ears.
_SKULL_BEHIND_EARS = 0.8
_NAPE_BEHIND_EARS = 0.3
_PIVOT_BEHIND_EARS = 0.1
_PIVOT_BELOW_EARS = 0.2
_HAIR_BULGE = 0.12

_HAIR_PX = 4.0
_FULL_HAIR_PX = 24.0
_RIM_INSET_PX = 2.5
_LEAST_BACK_TEXTURE_PX = 14.0
_BACK_DARKENING = 0.35


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
    triangles: Indices
    pivot: Points

    def turned(self, pose: Pose) -> Points:
        """The vertices in picture coordinates (x, y in pixels, z towards the camera)."""
        shift = np.array([pose.shift_x_px, pose.shift_y_px, 0.0])
        return np.asarray(self.vertices @ rotation(pose).T + self.pivot + shift)


@dataclass(frozen=True, slots=True)
class _Polar:
    """The head around its middle: for each direction where the face ends and where the head."""

    middle: Points
    directions: Points
    face_px: Points
    rim_px: Points
    face_z: Points
    rim_z: Points
    hair: Points

    def at(self, radius: Points) -> Points:
        """Picture coordinates at ``radius`` in each direction."""
        return self.middle + self.directions * radius[:, np.newaxis]


def rotation(pose: Pose) -> Points:
    """The 3 x 3 rotation of a pose: first pitch, then yaw, then roll, about the picture's axes."""
    yaw, pitch, roll = np.radians([pose.yaw_deg, pose.pitch_deg, pose.roll_deg])
    nod = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    tilt = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.asarray(tilt @ turn @ nod, dtype=np.float64)


def build_head(portrait: Portrait) -> HeadMesh:
    """The head of a portrait, turned about a point between and below the ears."""
    face = with_anatomical_depth(portrait.landmarks[:FACE_POINTS])
    ears = face[list(TRAGI)].mean(axis=0)
    unit_px = between_ears_px(face)
    polar = _polar(portrait, face, ears)
    hair, rim = _hair(polar, unit_px)
    back, back_texture, back_shade = _back(polar, float(ears[2]), unit_px)
    front = np.concatenate((face, hair, rim))
    behind = _strips(len(front) - _DIRECTIONS, len(_BACK_ANGLES_RAD))
    vertices = np.concatenate((front, back))
    triangles = np.concatenate((_front_triangles(front, rim), behind))
    pivot = ears + np.array([0.0, _PIVOT_BELOW_EARS, -_PIVOT_BEHIND_EARS]) * unit_px
    return HeadMesh(
        vertices=vertices - pivot,
        texture=np.concatenate((front[:, :2], back_texture)),
        shade=np.concatenate((np.ones(len(front)), back_shade)),
        triangles=triangles,
        pivot=pivot,
    )


def _polar(portrait: Portrait, face: Points, ears: Points) -> _Polar:
    middle = ears[:2]
    angles = np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS)
    directions = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    face_px = _reach(face_region(portrait), middle, directions)
    rim_px = _reach(head_region(portrait), middle, directions) - _RIM_INSET_PX
    rim_px = np.maximum(rim_px, face_px + 1.5)
    hair = np.clip((rim_px - face_px - _HAIR_PX) / _FULL_HAIR_PX, 0.0, 1.0)
    edge = face[face_outline(face)]
    edge_angles = np.arctan2(edge[:, 1] - middle[1], edge[:, 0] - middle[0])
    face_z = np.interp(angles, edge_angles % (2 * np.pi), edge[:, 2], period=2 * np.pi)
    rim_z = face_z + (ears[2] - face_z) * hair
    return _Polar(middle, directions, face_px, rim_px, face_z, rim_z, hair)


def _reach(mask: Mask, middle: Points, directions: Points) -> Points:
    """How far from ``middle`` the mask reaches in each direction, in pixels."""
    radii = np.arange(0.0, float(max(mask.shape)), 0.5)
    spots = np.round(middle + directions[:, np.newaxis] * radii[:, np.newaxis]).astype(int)
    inside = ((spots >= 0) & (spots < mask.shape[::-1])).all(axis=2)
    spots = np.clip(spots, 0, np.array(mask.shape[::-1]) - 1)
    covered = inside & (mask[spots[:, :, 1], spots[:, :, 0]] > 0)
    return np.asarray(np.where(covered, radii, 0.0).max(axis=1), dtype=np.float64)


def _hair(polar: _Polar, unit_px: float) -> tuple[Points, Points]:
    """Rings from the face's edge to the head's outline, and that outline (the rim) itself."""
    rings = []
    for share in _RING_SHARES:
        radius = polar.face_px + (polar.rim_px - polar.face_px) * share
        fall = 1.0 - np.sqrt(1.0 - share**2)
        bulge = _HAIR_BULGE * unit_px * np.sin(np.pi * share) * polar.hair
        z = polar.face_z + (polar.rim_z - polar.face_z) * fall + bulge
        rings.append(np.column_stack((polar.at(radius), z)))
    has_hair = polar.hair > 0
    return np.concatenate([ring[has_hair] for ring in rings[:-1]]), rings[-1]


def _back(polar: _Polar, ears_z: float, unit_px: float) -> tuple[Points, Points, Points]:
    """The back of the head, ring by ring: vertices, texture and shade."""
    behind = _NAPE_BEHIND_EARS + (_SKULL_BEHIND_EARS - _NAPE_BEHIND_EARS) * polar.hair
    depth = polar.rim_z - (ears_z - behind * unit_px)
    texture_px = np.maximum(0.8 * (polar.rim_px - polar.face_px), _LEAST_BACK_TEXTURE_PX)
    vertices, texture, shade = [], [], []
    for angle in _BACK_ANGLES_RAD:
        z = polar.rim_z - depth * np.sin(angle)
        vertices.append(np.column_stack((polar.at(polar.rim_px * np.cos(angle)), z)))
        texture.append(polar.at(polar.rim_px - texture_px * angle / (np.pi / 2)))
        shade.append(np.full(_DIRECTIONS, 1.0 - _BACK_DARKENING * np.sin(angle)))
    return np.concatenate(vertices), np.concatenate(texture), np.concatenate(shade)


def _front_triangles(front: Points, rim: Points) -> Indices:
    """Delaunay triangles of the front as the camera sees it, within the rim."""
    flat = front[:, :2].astype(np.float32)
    low, high = np.floor(flat.min(axis=0)) - 2, np.ceil(flat.max(axis=0)) + 2
    plane = cv2.Subdiv2D((int(low[0]), int(low[1]), *(high - low).astype(int).tolist()))
    plane.insert(flat.tolist())
    number_of = {(float(x), float(y)): number for number, (x, y) in enumerate(flat)}
    corners = np.asarray(plane.getTriangleList()).reshape(-1, 3, 2)
    outline = rim[:, :2].astype(np.float32)
    triangles = [
        [number_of[float(x), float(y)] for x, y in triangle]
        for triangle in corners
        if _within(outline, triangle.mean(axis=0))
    ]
    return _clockwise(flat, np.array(triangles, np.int32))


def _within(outline: npt.NDArray[np.float32], spot: npt.NDArray[np.float32]) -> bool:
    return cv2.pointPolygonTest(outline, (float(spot[0]), float(spot[1])), False) >= 0


def _clockwise(flat: npt.NDArray[np.float32], triangles: Indices) -> Indices:
    a, b, c = (flat[triangles[:, corner]] for corner in range(3))
    one, other = b - a, c - a
    reversed_ = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0] < 0
    return np.where(reversed_[:, np.newaxis], triangles[:, ::-1], triangles)


def _strips(first: int, count: int) -> Indices:
    """Two triangles for each cell of ``count`` strips between rings of vertices, from the rim back.

    Directions run clockwise on the screen, so these triangles are clockwise from outside.
    """
    here = np.arange(_DIRECTIONS)
    there = (here + 1) % _DIRECTIONS
    strips = []
    for strip in range(count):
        outer, inner = first + strip * _DIRECTIONS, first + (strip + 1) * _DIRECTIONS
        strips.append(np.column_stack((outer + here, inner + here, outer + there)))
        strips.append(np.column_stack((outer + there, inner + here, inner + there)))
    return np.concatenate(strips).astype(np.int32)
