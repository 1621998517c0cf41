"""Landmarks and pose against three others: the same frames, the same core, one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.vision.geometry import angles, fit
from proctor_desktop.vision.landmarker import VideoLandmarker
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.weights.installed import require
from tests.bench.figures import percentiles
from tests.bench.not_measured import NotMeasured
from tests.bench.one_core import measured_core, one_core
from tests.bench.web.browser import web_build

FRAMES = 160
WARM_UP = 20
ROUNDS = 3
OURS, WEB, YUNET, VENDOR = "ours", "MediaPipe's web build", "OpenCV's YuNet", "the vendor's bundle"

Frames: TypeAlias = Sequence[NDArray[np.uint8]]
Times: TypeAlias = list[float]
Contender: TypeAlias = Callable[[], Times]


def compare(frames: Frames, optional: Path) -> dict[str, Any]:
    """Medians of every contender, in turns, and ours as a share of theirs.

    ``optional`` is the folder with the vendor's bundle and YuNet, if there is one.
    """
    frames = frames[:FRAMES]
    times: dict[str, Times] = {}
    left_out: dict[str, str] = {}
    with ExitStack() as stack:
        ways: dict[str, Callable[[], Contender]] = {
            OURS: lambda: _ours(frames),
            WEB: lambda: stack.enter_context(_web(frames, optional)),
            YUNET: lambda: _yunet(frames, optional),
            VENDOR: lambda: _vendor(frames, optional),
        }
        contenders: dict[str, Contender] = {}
        for name, prepare in ways.items():
            with _left_out(name, left_out):
                contenders[name] = prepare()
        for _ in range(ROUNDS):
            for name, contend in contenders.items():
                with _left_out(name, left_out):
                    times.setdefault(name, []).extend(contend()[WARM_UP:])
    return _figures(times, left_out)


@contextmanager
def _left_out(name: str, left_out: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except NotMeasured as problem:
        left_out[name] = str(problem)


def _figures(times: dict[str, Times], left_out: dict[str, str]) -> dict[str, Any]:
    figures: dict[str, Any] = {name: percentiles(found) for name, found in times.items() if found}
    for name, figure in figures.items():
        if name != OURS:
            figure["ours_is"] = round(figures[OURS]["p50_ms"] / figure["p50_ms"], 3)
    return {**figures, **{name: f"not measured: {why}" for name, why in left_out.items()}}


def _ours(frames: Frames) -> Contender:
    model = require("face_landmarker")
    return lambda: landmarks_and_pose_ms(frames, model)


@contextmanager
def _web(frames: Frames, optional: Path) -> Iterator[Contender]:
    with web_build(frames, _beside(optional, "face_landmarker.task")) as build:
        yield lambda: build.frame_times_ms(measured_core())


def _yunet(frames: Frames, optional: Path) -> Contender:
    model = _beside(optional, "face_detection_yunet_2023mar.onnx")
    return lambda: yunet_ms(frames, model)


def _vendor(frames: Frames, optional: Path) -> Contender:
    model = _beside(optional, "face_landmarker.task")
    return lambda: landmarks_and_pose_ms(frames, model)


def _beside(optional: Path, file: str) -> Path:
    if not (optional / file).is_file():
        raise NotMeasured(f"there is no {file} beside this checkout")
    return optional / file


def landmarks_and_pose_ms(frames: Frames, model: Path) -> Times:
    """Milliseconds a frame from the picture to the head's angles."""
    reference = load_reference_face()
    with one_core(), VideoLandmarker(model) as landmarker:
        number = 0

        def analyse(image: NDArray[np.uint8]) -> None:
            nonlocal number
            number += 1
            for mesh in landmarker.detect(image, number * 125):
                angles(fit(mesh, reference).rotation)

        return _times_ms(frames, analyse)


def yunet_ms(frames: Frames, model: Path) -> Times:
    """Milliseconds a frame of OpenCV's own YuNet at 640 x 480: boxes and five points, no pose."""
    cv2.setNumThreads(1)
    with one_core():
        detector = cv2.FaceDetectorYN.create(str(model), "", (640, 480))
        return _times_ms(frames, lambda image: detector.detect(image[:, :, ::-1].copy()))


def _times_ms(frames: Frames, work: Callable[[NDArray[np.uint8]], Any]) -> Times:
    times = []
    for image in frames:
        began = time.perf_counter()
        work(image)
        times.append((time.perf_counter() - began) * 1000)
    return times
