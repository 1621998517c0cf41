"""The rendered candidate: camera pictures made on the spot from one portrait.

Nothing in them is recorded: every picture is drawn from a pose, so the demo and the evaluation know
exactly how far the head is turned when MediaPipe says how far it seems to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.demo.person import Person, make_person
from proctor_desktop.demo.portrait import Picture, Points, load_portrait
from proctor_desktop.demo.pose import ABSENT, AT_REST, Pose
from proctor_desktop.demo.room import draw_room
from proctor_desktop.demo.visitor import make_visitor
from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.vision.landmarker import StillLandmarker

with importing_opencv():
    import cv2

_NOISE_SIGMA = 2.0
_NOISE_MARGIN_PX = 64


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person at a desk in front of a webcam, and a visitor who may step into the picture."""

    room: Picture
    person: Person
    visitor: Person
    noise: npt.NDArray[np.int16]

    @classmethod
    def from_portrait(cls, portrait: Path, model: Path) -> Self:
        """Build the scene from the portrait; ``model`` is the face landmarker that finds its face.

        Raises EnvironmentProblem if either file is missing or is not what it should be.
        """
        with StillLandmarker(model, max_faces=1) as landmarker:

            def find(picture: Picture) -> Points | None:
                meshes = landmarker.detect(picture)
                if not meshes:
                    return None
                return meshes[0].astype(np.float64) * (WIDTH_PX, HEIGHT_PX, WIDTH_PX)

            cut = load_portrait(portrait, find)
        return cls(draw_room(), make_person(cut), make_visitor(cut), sensor_noise())

    def render(self, pose: Pose = AT_REST, visitor: Pose = ABSENT, seed: int = 0) -> Picture:
        """One camera picture: 480 x 640 x 3, RGB.

        The same arguments give the same picture; another ``seed`` gives other sensor noise, so
        that no two pictures of a film are identical. The visitor stands behind the candidate.
        """
        canvas = self.room.copy()
        self.visitor.draw(canvas, visitor)
        self.person.draw(canvas, pose)
        top, left = np.random.default_rng(seed).integers(0, _NOISE_MARGIN_PX, 2)
        noise = self.noise[top : top + HEIGHT_PX, left : left + WIDTH_PX]
        return np.asarray(cv2.add(canvas, noise, dtype=cv2.CV_8U), dtype=np.uint8)


def sensor_noise() -> npt.NDArray[np.int16]:
    """The grain of a cheap camera: a field larger than a picture, to take any piece of."""
    size = (HEIGHT_PX + _NOISE_MARGIN_PX, WIDTH_PX + _NOISE_MARGIN_PX, 3)
    noise = np.random.default_rng(0).normal(0.0, _NOISE_SIGMA, size)
    return noise.round().astype(np.int16)
