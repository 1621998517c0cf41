"""Faces made of numbers: meshes with known angles, detections, and models that hand them out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.vision.geometry import DEPTH, Mesh, Rotation
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.vision.sight import Detection, RgbImage

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
    made[: len(points)] = points / (WIDTH_PX, -HEIGHT_PX, -WIDTH_PX * DEPTH)
    made[len(points) :] = made[: len(points)].mean(axis=0)
    made[:, :2] += centre
    return made


def detection(
    x: float = 0.4,
    y: float = 0.3,
    width: float = 0.2,
    score: float = 0.9,
    nose: float = 0.0,
    eyes: float = 1.0,
) -> Detection:
    """A detected face that is 0.2 of the picture wide and 0.35 high unless told otherwise.

    ``nose`` is how far the tip of the nose is to the right of the eyes' middle, ``eyes`` how far
    these are apart, both in distances from the eyes to the mouth.
    """
    height = 1.75 * width
    unit_y = 0.4 * height
    unit_x = unit_y * HEIGHT_PX / WIDTH_PX
    middle, brow = x + width / 2, y + 0.4 * height
    points = (
        (middle - eyes * unit_x / 2, brow),
        (middle + eyes * unit_x / 2, brow),
        (middle + nose * unit_x, brow + unit_y / 2),
        (middle - 0.4 * eyes * unit_x, brow + unit_y),
        (middle + 0.4 * eyes * unit_x, brow + unit_y),
    )
    return Detection(FaceBox(x, y, width, height, score), np.array(points, np.float32))


class FakeDetector:
    """Gives the next of ``answers`` for each picture, the last one again and again."""

    def __init__(self, answers: Iterable[Sequence[Detection]] = ((),)) -> None:
        self._answers = list(answers)
        self.closed = False

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        return tuple(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])

    def close(self) -> None:
        self.closed = True


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
