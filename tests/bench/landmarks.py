"""Landmarks and pose against three others: the same frames, the same core, one run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.vision.geometry import angles, fit
from proctor_desktop.vision.landmarker import VideoLandmarker
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.weights.installed import require
from tests.bench.web.browser import NotMeasured, frame_times_ms

FRAMES = 160
WARM_UP = 20
ROUNDS = 2

Frames = Sequence[NDArray[np.uint8]]


@contextmanager
def one_core() -> Iterator[int]:
    """Everything that this process does, on one core and the same one."""
    before = os.sched_getaffinity(0)
    core = max(before)
    os.sched_setaffinity(0, {core})
    try:
        yield core
    finally:
        os.sched_setaffinity(0, before)


def landmarks_and_pose_ms(frames: Frames, model: Path) -> list[float]:
    """Milliseconds a frame from the picture to the head's angles."""
    reference = load_reference_face()

    with VideoLandmarker(model) as landmarker:
        number = 0

        def analyse(image: NDArray[np.uint8]) -> None:
            nonlocal number
            number += 1
            for mesh in landmarker.detect(image, number * 125):
                angles(fit(mesh, reference).rotation)

        return _times_ms(frames, analyse)


def yunet_ms(frames: Frames, model: Path) -> list[float]:
    """Milliseconds a frame of OpenCV's own YuNet at 640 x 480: boxes and five points, no pose."""
    cv2.setNumThreads(1)
    detector = cv2.FaceDetectorYN.create(str(model), "", (640, 480))
    return _times_ms(frames, lambda image: detector.detect(image[:, :, ::-1].copy()))


def _times_ms(frames: Frames, work: Callable[[NDArray[np.uint8]], Any]) -> list[float]:
    times = []
    for image in frames:
        began = time.perf_counter()
        work(image)
        times.append((time.perf_counter() - began) * 1000)
    return times[WARM_UP:]


def compare(frames: Frames, optional: Path | None) -> dict[str, Any]:
    """Medians of every contender, in turns, and ours as a share of theirs.

    ``optional`` is the folder with the vendor's bundle and YuNet, if there is one.
    """
    times: dict[str, list[float]] = {}
    left_out: dict[str, str] = {}
    with one_core() as core:
        for _ in range(ROUNDS):
            for name, work in _contenders(frames, optional, core):
                try:
                    times.setdefault(name, []).extend(work())
                except NotMeasured as problem:
                    left_out[name] = str(problem)
    figures: dict[str, Any] = {
        name: {
            "p50_ms": round(float(np.median(found)), 2),
            "p95_ms": round(float(np.percentile(found, 95)), 2),
            "n": len(found),
        }
        for name, found in times.items()
        if found
    }
    ours = figures["ours"]["p50_ms"]
    for name, figure in figures.items():
        if name != "ours":
            figure["ours_is"] = round(ours / figure["p50_ms"], 2)
    return {**figures, **{name: f"not measured: {why}" for name, why in left_out.items()}}


def _contenders(
    frames: Frames, optional: Path | None, core: int
) -> list[tuple[str, Callable[[], list[float]]]]:
    ours = require("face_landmarker")

    def beside(file: str) -> Path:
        if optional is None or not (optional / file).is_file():
            raise NotMeasured(f"there is no {file} beside this checkout")
        return optional / file

    return [
        ("ours", lambda: landmarks_and_pose_ms(frames, ours)),
        (
            "MediaPipe's web build",
            lambda: frame_times_ms(frames, beside("face_landmarker.task"), core)[0][WARM_UP:],
        ),
        ("OpenCV's YuNet", lambda: yunet_ms(frames, beside("face_detection_yunet_2023mar.onnx"))),
        (
            "the vendor's bundle",
            lambda: landmarks_and_pose_ms(frames, beside("face_landmarker.task")),
        ),
    ]
