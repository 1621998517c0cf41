"""The models behind the analyst, made of answers: what each was asked is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from proctor_desktop.core.observation import FaceBox, ObjectBox
from proctor_desktop.vision.geometry import Mesh
from proctor_desktop.vision.loading import Models
from proctor_desktop.vision.models import Embedding
from proctor_desktop.vision.sight import RgbImage
from tests.fakes.faces import FakeDetector, FakeLandmarker


class FakeObjects:
    """Sees a phone in every picture; ``looked`` are the pictures it was given."""

    PHONE = ObjectBox("phone", 0.1, 0.2, 0.05, 0.1, 0.75)

    def __init__(self) -> None:
        self.looked: list[RgbImage] = []

    def detect(self, image: RgbImage) -> tuple[ObjectBox, ...]:
        self.looked.append(image)
        return (self.PHONE,)


class FakeEmbedder:
    """Describes each face by the brightness of its picture: as bright means as alike.

    Pure black and pure white are two people, with a cosine of 0; half way between them is half of
    each.
    """

    def __init__(self) -> None:
        self.looked: list[RgbImage] = []

    def embed(self, image: RgbImage, mesh: Mesh) -> Embedding:
        self.looked.append(image)
        angle = float(image.mean()) / 255.0 * np.pi / 2
        return np.array((np.cos(angle), np.sin(angle)), np.float32)


class FakeLiveness:
    """Takes every face for a living one."""

    def __init__(self, live: float = 0.9) -> None:
        self._live = live
        self.boxes: list[FaceBox] = []

    def live(self, image: RgbImage, box: FaceBox) -> float:
        self.boxes.append(box)
        return self._live


@dataclass
class FakeModels:
    """All models of one analyst; ``installed`` are those that it gets."""

    landmarker: FakeLandmarker = field(default_factory=FakeLandmarker)
    faces: FakeDetector = field(default_factory=FakeDetector)
    objects: FakeObjects = field(default_factory=FakeObjects)
    identity: FakeEmbedder = field(default_factory=FakeEmbedder)
    liveness: FakeLiveness = field(default_factory=FakeLiveness)
    installed: frozenset[str] = frozenset({"objects", "identity", "liveness"})

    def models(self) -> Models:
        """The models as the analyst takes them."""
        return Models(
            self.landmarker,
            self.faces,
            self.objects if "objects" in self.installed else None,
            self.identity if "identity" in self.installed else None,
            self.liveness if "liveness" in self.installed else None,
        )


def seeing(meshes: Iterable[Sequence[Mesh]], installed: Iterable[str] = ()) -> FakeModels:
    """Models whose landmarker finds these faces, one entry a picture, and the last again."""
    return FakeModels(landmarker=FakeLandmarker(meshes), installed=frozenset(installed))
