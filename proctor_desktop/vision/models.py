"""The models that vision can use beside the landmarker, each behind a plain interface.

Every one of them runs on one thread, takes the camera's picture as it is, and is opened by the
vision thread. One that is not installed is None: the program then does without and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.observation import FaceBox, ObjectBox
from proctor_desktop.vision.geometry import Mesh
from proctor_desktop.vision.sight import Detection, RgbImage

Embedding: TypeAlias = NDArray[np.float32]
"""A face as a vector of length one; two pictures of one person lie close together."""


class FaceDetector(Protocol):
    """Finds every face in a picture, near or far, frontal or in profile."""

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        """The faces in ``image``, largest first."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


class ObjectDetector(Protocol):
    """Finds the objects an exam may ask about."""

    def detect(self, image: RgbImage) -> tuple[ObjectBox, ...]:
        """Phones, books, laptops and screens in ``image``, surest first."""
        ...


class FaceEmbedder(Protocol):
    """Describes a face so that two pictures can be compared."""

    def embed(self, image: RgbImage, mesh: Mesh) -> Embedding:
        """The face in ``image`` whose mesh this is."""
        ...


class LivenessCheck(Protocol):
    """Tells a living face from a print or a screen."""

    def live(self, image: RgbImage, box: FaceBox) -> float:
        """How much the face in ``box`` looks alive, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where the models are; None for one that is not installed.

    ``faces_far`` comes with the landmarker out of the same package and is always there; ``faces``
    is the better one and optional.
    """

    landmarker: Path
    faces_far: Path
    faces: Path | None = None
    objects: Path | None = None
    identity: Path | None = None
    liveness: Path | None = None
