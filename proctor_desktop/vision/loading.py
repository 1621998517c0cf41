"""From model files to models: the one place that knows which model is behind which interface."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from proctor_desktop.vision.face_detector import open_face_detector
from proctor_desktop.vision.identity import MobileFaceNet
from proctor_desktop.vision.landmarker import Landmarker, VideoLandmarker
from proctor_desktop.vision.liveness import MiniFasNet
from proctor_desktop.vision.models import (
    FaceDetector,
    FaceEmbedder,
    LivenessCheck,
    ModelFiles,
    ObjectDetector,
)
from proctor_desktop.vision.objects import YoloxNano


@dataclass(frozen=True, slots=True)
class Models:
    """What the analysis works with; None for what is not installed."""

    landmarker: Landmarker
    faces: FaceDetector
    objects: ObjectDetector | None = None
    identity: FaceEmbedder | None = None
    liveness: LivenessCheck | None = None

    def close(self) -> None:
        """Give back native memory and threads."""
        self.landmarker.close()
        self.faces.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def load_models(files: ModelFiles) -> Models:
    """Open every model that is there; raises EnvironmentProblem for one that cannot be opened."""
    with ExitStack() as opened:
        landmarker = VideoLandmarker(files.landmarker)
        opened.callback(landmarker.close)
        faces = open_face_detector(files)
        opened.callback(faces.close)
        models = Models(
            landmarker,
            faces,
            YoloxNano(files.objects) if files.objects else None,
            MobileFaceNet(files.identity) if files.identity else None,
            MiniFasNet(files.liveness) if files.liveness else None,
        )
        opened.pop_all()
        return models
