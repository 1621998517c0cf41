"""Faces made of numbers that look somewhere: a mesh whose irises and lids follow a gaze.

The eye is the one that ``vision.gaze`` reckons with, so these say whether the reckoning is undone,
never how accurate it is on people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.core.moment import Moment
from proctor_desktop.vision import gaze
from proctor_desktop.vision.eyes import EYES_APART_MM
from proctor_desktop.vision.geometry import DEPTH, Mesh, fit
from proctor_desktop.vision.reference_face import Points, load_reference_face
from proctor_desktop.vision.sight import Sight
from tests.fakes.faces import MESH_POINTS, rotation

REFERENCE = load_reference_face()
_Eye: TypeAlias = tuple[int, int, tuple[int, ...], tuple[int, ...], int]
_EYES: tuple[_Eye, ...] = (
    (263, 362, (387, 386, 385), (373, 374, 380), 473),
    (33, 133, (160, 159, 158), (144, 145, 153), 468),
)
_LOWER_RISES_MM = 1.5
_AT_REST_MM = (1.5, 2.0, 0.0)
"""An iris at rest is a little outside and above the middle between the corners of its eye."""


@dataclass(frozen=True)
class Face:
    """A face: where it looks (from the camera, its own left and up), its head, its lids.

    ``open_share`` is how far the eyes are open; ``apart_px`` is how large the face is.
    """

    left_deg: float = 0.0
    up_deg: float = 0.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    open_share: float = 1.0
    apart_px: float = 85.0


def gazing_mesh(face: Face) -> Mesh:
    """The mesh of ``face`` in the middle of a 640 x 480 picture."""
    turn = rotation(face.yaw_deg, face.pitch_deg, face.roll_deg)
    points = np.zeros((MESH_POINTS, 3))
    points[: len(REFERENCE.points_mm)] = REFERENCE.points_mm
    middles = [(points[eye[0]] + points[eye[1]]) / 2 for eye in _EYES]
    points *= EYES_APART_MM / np.linalg.norm(middles[0] - middles[1])
    for eye in _EYES:
        _move_lids(points, eye, face)
    camera = points @ turn.T
    for outer, inner, _, _, iris in _EYES:
        at_rest = turn @ (np.sign(points[outer, 0]) * _AT_REST_MM[0], *_AT_REST_MM[1:])
        camera[iris] = (camera[outer] + camera[inner]) / 2 + at_rest + _iris_mm(face, turn)
    scale = face.apart_px / EYES_APART_MM
    made = (camera * scale / (WIDTH_PX, -HEIGHT_PX, -WIDTH_PX * DEPTH)).astype(np.float32)
    made[:, :2] += 0.5
    return made


def _move_lids(points: Points, eye: _Eye, face: Face) -> None:
    """Close from above, a little from below; and follow the gaze up and down."""
    upper, lower = list(eye[2]), list(eye[3])
    follow = (face.up_deg - face.pitch_deg) / gaze.LIDS_DEG_PER_MM
    points[lower, 1] += (1 - face.open_share) * _LOWER_RISES_MM
    gap = points[upper, 1].mean() - points[lower, 1].mean()
    usual = gap + (1 - face.open_share) * _LOWER_RISES_MM
    points[upper, 1] += face.open_share * usual - gap
    points[upper + lower, 1] += follow


def _iris_mm(face: Face, turn: Points) -> Points:
    return np.array(
        (
            gaze.SIDEWAYS_RADIUS_MM * np.radians(face.left_deg)
            - gaze.SIDEWAYS_LEVER_MM * turn[0, 2],
            gaze.UPWARD_RADIUS_MM * np.radians(face.up_deg) - gaze.UPWARD_LEVER_MM * turn[1, 2],
            0.0,
        )
    )


def sight_of(face: Face | None, number: int, moment: Moment, **changes: object) -> Sight:
    """What the landmarker would see of ``face`` (None: nobody) at that moment."""
    mesh = None if face is None else gazing_mesh(face)
    laid = None if mesh is None else fit(mesh, REFERENCE)
    plain: dict[str, object] = {
        "faces": (laid.box,) if laid else (),
        "living": 1 if laid else 0,
        "brightness": 0.5,
    }
    return Sight(frame=number, moment=moment, mesh=mesh, fit=laid, **(plain | changes))  # type: ignore[arg-type]
