"""MediaPipe's FaceLandmarker behind a plain interface: a picture in, face meshes out.

MediaPipe is imported when a landmarker is built, not before: the import takes half a second, and
it starts PortAudio and matplotlib on the way. It has no setting for its number of threads; it runs
on one core by itself.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from proctor_desktop.config.remedy import SYNC_WEIGHTS
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.vision.geometry import Mesh, face_area
from proctor_desktop.vision.mediapipe_tasks import load_tasks
from proctor_desktop.vision.native_log import native_log_routed
from proctor_desktop.vision.sight import RgbImage

MAX_FACES = 1
"""The candidate's. Other faces are the face detector's matter: with room for a second one the whole
picture would be searched again in every frame, for faces that this detector mostly misses."""

DETECTION_CONFIDENCE = 0.4
"""A little below MediaPipe's 0.5: on the test media this finds three more true faces of a tenth of
the picture's width and no false one; 0.3 begins to see faces in the backs of heads."""


class Landmarker(Protocol):
    """Whatever finds face meshes in the pictures of one camera, in the order they were taken."""

    def detect(self, image: RgbImage, timestamp_ms: int) -> tuple[Mesh, ...]:
        """The faces in ``image``, largest first; the timestamps must grow from call to call."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


class _Task:
    """What both modes share: a built MediaPipe task that ends with its block or with close()."""

    def __init__(self, model: Path, running_mode: str, max_faces: int) -> None:
        with native_log_routed():
            self._images, self._task = _build(model, running_mode, max_faces)

    def close(self) -> None:
        """Give back the native memory and threads; calling it again does nothing."""
        with native_log_routed():
            self._task.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _picture(self, image: RgbImage) -> Any:
        return self._images.Image(self._images.ImageFormat.SRGB, np.ascontiguousarray(image))


class VideoLandmarker(_Task):
    """Finds faces in consecutive pictures and follows them from one to the next.

    Raises EnvironmentProblem if MediaPipe or the model cannot be loaded. Use it from one thread.
    """

    def __init__(self, model: Path, max_faces: int = MAX_FACES) -> None:
        super().__init__(model, "VIDEO", max_faces)
        with native_log_routed():  # the first call still loads, and writes a line or two
            self.detect(np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8), 0)

    def detect(self, image: RgbImage, timestamp_ms: int) -> tuple[Mesh, ...]:
        """The faces in ``image`` (uint8, height x width x 3, RGB), largest first.

        ``timestamp_ms`` must be above 0 and grow from call to call; MediaPipe raises otherwise.
        """
        return _sorted(self._task.detect_for_video(self._picture(image), timestamp_ms))


class StillLandmarker(_Task):
    """Finds faces in pictures that have nothing to do with each other."""

    def __init__(self, model: Path, max_faces: int = MAX_FACES) -> None:
        super().__init__(model, "IMAGE", max_faces)

    def detect(self, image: RgbImage) -> tuple[Mesh, ...]:
        """The faces in ``image`` (uint8, height x width x 3, RGB), largest first."""
        return _sorted(self._task.detect(self._picture(image)))


def _build(model: Path, running_mode: str, max_faces: int) -> tuple[Any, Any]:
    """MediaPipe's image module and a FaceLandmarker made from ``model``."""
    tasks = load_tasks()
    if not zipfile.is_zipfile(model):  # asked here: a failed build leaves a thread behind
        raise _no_landmarker(model, "the file is missing or is no model bundle")
    options = tasks.vision.FaceLandmarkerOptions(
        base_options=tasks.base_options(model_asset_path=str(model)),
        running_mode=tasks.vision.RunningMode[running_mode],
        num_faces=max_faces,
        min_face_detection_confidence=DETECTION_CONFIDENCE,
    )
    try:
        return tasks.images, tasks.vision.FaceLandmarker.create_from_options(options)
    except (ValueError, RuntimeError, OSError) as problem:
        raise _no_landmarker(model, str(problem).partition("\n")[0]) from problem


def _no_landmarker(model: Path, why: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        str(model),
        f"no face landmarker can be made of it ({why})",
        SYNC_WEIGHTS,
    )


def _sorted(meshes: tuple[Mesh, ...]) -> tuple[Mesh, ...]:
    return tuple(sorted(meshes, key=face_area, reverse=True))
