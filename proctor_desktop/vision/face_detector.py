"""Finds every face in the picture, near and far: YuNet where it is installed, else BlazeFace.

The landmarker follows one face and misses second people even when they are large; these two look
over the whole picture, without a memory of earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.config.remedy import SYNC_WEIGHTS
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.vision import yunet
from proctor_desktop.vision.mediapipe_tasks import load_tasks
from proctor_desktop.vision.models import FaceDetector, ModelFiles
from proctor_desktop.vision.native_log import native_log_routed
from proctor_desktop.vision.onnx import open_model
from proctor_desktop.vision.sight import Detection, RgbImage

SAME_FACE = 0.3
"""Intersection over union from which on two boxes are one face."""

INSIDE = 0.7
"""Share of the smaller box that lies in the larger one from which on both are one face: a detector
at times finds a large face once as a whole and once from brow to mouth."""

YUNET_LEAST, FULL_RANGE_LEAST = 0.5, 0.5
"""Raw scores below which nothing is told of at all."""

YUNET_SCORES = ((0.0, 0.0), (0.72, 0.5), (0.92, 1.0))
"""Knots that lead from YuNet's certainty (class x object, the square of its own score) to ours.

Ours is to be read alike for both detectors: above 0.7 a face plainly seen, below 0.6 one seen badly
(mostly covered, far beyond profile, blurred), from 0.35 on surely a face. YuNet gives 0.83 to 0.89
to faces at webcam distance, 0.78 to one half covered, 0.35 to one of which the brow is left."""

FULL_RANGE_SCORES = ((0.0, 0.0), (0.64, 0.35), (0.68, 0.6), (0.76, 0.7), (0.96, 1.0))
"""The same for BlazeFace: plain faces get 0.76 and more, backs of heads now and then 0.6."""

DARK_GAIN = 4.0
DARKEST_WORTH = 0.6
"""A picture that had to be brightened by more than DARK_GAIN shows a face badly, even if it is
found; at the most gain there is, its score counts DARKEST_WORTH."""


class YuNetDetector:
    """YuNet on 320 x 240 pixels: 1.7 ms a picture on one core; sees profiles and covered faces.

    Raises EnvironmentProblem if the file is missing or is not YuNet. Use it from one thread.
    """

    def __init__(self, model: Path) -> None:
        try:
            content = yunet.resized(model.read_bytes())
        except (OSError, ValueError) as problem:
            raise _no_detector(model, str(problem)) from problem
        self._session = open_model(model, content, often=True)

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        """The faces in ``image``, largest first."""
        picture, gain = yunet.network_input(image)
        outputs = self._session.run(yunet.OUTPUTS, {"input": picture})
        found = distinct(_yunet_detection(face) for face in yunet.decode(outputs, YUNET_LEAST))
        return tuple(_scored(one, _yunet_score(one.box.score, gain)) for one in found)

    def close(self) -> None:
        """Nothing to do: the session goes with the last reference to it."""


class FullRangeDetector:
    """BlazeFace's full-range model, which comes with the landmarker: 4.7 ms a picture on one core.

    It knows only the middle of the mouth: that stands for both of its corners. Raises
    EnvironmentProblem if MediaPipe or the model cannot be loaded. Use it from one thread.
    """

    def __init__(self, model: Path) -> None:
        with native_log_routed():
            self._images, self._task = _build(model)
            self.detect(np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8))  # the first call still loads

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        """The faces in ``image``, largest first."""
        picture = self._images.Image(self._images.ImageFormat.SRGB, np.ascontiguousarray(image))
        height, width = image.shape[:2]
        found = self._task.detect(picture).detections
        raw = distinct(_full_range_detection(face, width, height) for face in found)
        return tuple(_scored(one, _between(one.box.score, FULL_RANGE_SCORES)) for one in raw)

    def close(self) -> None:
        """Give back the native memory and threads; calling it again does nothing."""
        with native_log_routed():
            self._task.close()


def open_face_detector(files: ModelFiles) -> FaceDetector:
    """The better detector of those installed; raises EnvironmentProblem if it cannot be loaded."""
    return YuNetDetector(files.faces) if files.faces else FullRangeDetector(files.faces_far)


def distinct(found: Iterable[Detection]) -> tuple[Detection, ...]:
    """Each face once, with the surest of its boxes; largest first."""
    kept: list[Detection] = []
    for one in sorted(found, key=lambda detection: detection.box.score, reverse=True):
        if not any(same_face(one.box, other.box) for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.box.width * one.box.height, reverse=True))


def same_face(one: FaceBox, other: FaceBox) -> bool:
    """Whether two boxes of one picture are around one face."""
    both = common_area(one, other)
    areas = one.width * one.height, other.width * other.height
    return both >= SAME_FACE * (sum(areas) - both) or both >= INSIDE * min(areas)


def common_area(one: FaceBox, other: FaceBox) -> float:
    """The area that two boxes share, as a share of the picture."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(0.0, width) * max(0.0, height)


def _build(model: Path) -> tuple[Any, Any]:
    """MediaPipe's image module and a FaceDetector made from ``model``."""
    tasks = load_tasks()
    if not _is_tflite(model):  # asked here: a failed build leaves a thread behind
        raise _no_detector(model, "the file is missing or is no TensorFlow Lite model")
    options = tasks.vision.FaceDetectorOptions(
        base_options=tasks.base_options(model_asset_path=str(model)),
        min_detection_confidence=FULL_RANGE_LEAST,
    )
    try:
        return tasks.images, tasks.vision.FaceDetector.create_from_options(options)
    except (ValueError, RuntimeError, OSError) as problem:
        raise _no_detector(model, str(problem).partition("\n")[0]) from problem


def _is_tflite(model: Path) -> bool:
    try:
        with model.open("rb") as file:
            return file.read(8)[4:] == b"TFL3"
    except OSError:
        return False


def _full_range_detection(face: Any, width_px: int, height_px: int) -> Detection:
    """One of MediaPipe's, whose points are eyes, nose, mouth and ears, the picture's left first."""
    box, points = face.bounding_box, [(point.x, point.y) for point in face.keypoints]
    eye, other_eye, nose, mouth = points[:4]
    return Detection(
        FaceBox(
            box.origin_x / width_px,
            box.origin_y / height_px,
            box.width / width_px,
            box.height / height_px,
            float(face.categories[0].score),
        ),
        np.array((eye, other_eye, nose, mouth, mouth), np.float32),
    )


def _yunet_detection(face: NDArray[np.float32]) -> Detection:
    left, top, width, height = (float(side) for side in face[1:5])
    return Detection(FaceBox(left, top, width, height, float(face[0])), face[5:].reshape(-1, 2))


def _yunet_score(raw: float, gain: float) -> float:
    dark = max(0.0, gain - DARK_GAIN) / (yunet.MOST_GAIN - DARK_GAIN)
    return _between(raw**2, YUNET_SCORES) * (1.0 - dark * (1.0 - DARKEST_WORTH))


def _between(raw: float, knots: tuple[tuple[float, float], ...]) -> float:
    return float(np.interp(raw, [at for at, _ in knots], [score for _, score in knots]))


def _scored(detection: Detection, score: float) -> Detection:
    return Detection(replace(detection.box, score=score), detection.keypoints)


def _no_detector(model: Path, why: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        str(model),
        f"no face detector can be made of it ({why})",
        SYNC_WEIGHTS,
    )
