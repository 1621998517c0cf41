"""Faces made of numbers: meshes with known angles, and a landmarker that hands them out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.vision.geometry import Mesh, Rotation
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.vision.sight import RgbImage

MESH_POINTS = 478


def rotation(yaw_deg: float = 0.0, pitch_deg: float = 0.0, roll_deg: float = 0.0) -> Rotation:
    """The rotation of a head that is turned so, in the candidate's own signs."""
    yaw, pitch, roll = np.radians((yaw_deg, -pitch_deg, -roll_deg))
    about_x = np.array(
        ((1, 0, 0), (0, np.cos(pitch), -np.sin(pitch)), (0, np.sin(pitch), np.cos(pitch)))
    )
    about_y = np.array(((np.cos(yaw), 0, np.sin(yaw)), (0, 1, 0), (-np.sin(yaw), 0, np.cos(yaw))))
    about_z = np.array(
        ((np.cos(roll), -np.sin(roll), 0), (np.sin(roll), np.cos(roll), 0), (0, 0, 1))
    )
    return np.asarray(about_z @ about_y @ about_x)


def mesh(
    turn: Rotation | None = None,
    centre: tuple[float, float] = (0.5, 0.5),
    px_per_mm: float = 1.0,
) -> Mesh:
    """The reference face, turned and put somewhere into a 640 x 480 picture."""
    points = load_reference_face().points_mm @ (np.eye(3) if turn is None else turn).T * px_per_mm
    made = np.zeros((MESH_POINTS, 3), np.float32)
    made[: len(points)] = points / (WIDTH_PX, -HEIGHT_PX, -WIDTH_PX)
    made[len(points) :] = made[: len(points)].mean(axis=0)
    made[:, :2] += centre
    return made


class FakeLandmarker:
    """Gives the next of ``answers`` for each picture, the last one again and again."""

    def __init__(self, answers: Iterable[Sequence[Mesh] | Exception] = ((),)) -> None:
        self._answers = list(answers)
        self.timestamps_ms: list[int] = []
        self.closed = False

    def detect(self, image: RgbImage, timestamp_ms: int) -> tuple[Mesh, ...]:
        self.timestamps_ms.append(timestamp_ms)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return tuple(answer)

    def close(self) -> None:
        self.closed = True
