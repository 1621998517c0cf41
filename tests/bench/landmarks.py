"""Landmarks and pose against three others: the same frames, the same core, one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import chain, count
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
from tests.bench.one_core import measured_core, one_core, one_core_watched
from tests.bench.side_by_side import Times, Work, beside, by_turns, times_ms
from tests.bench.web.browser import web_build

FRAMES = 160
WARM_UP = 20
PASSES = 3
WEB_ROUNDS = 3
OURS, WEB, YUNET, VENDOR = "ours", "MediaPipe's web build", "OpenCV's YuNet", "the vendor's bundle"

_BUNDLE = "face_landmarker.task"

Frames: TypeAlias = Sequence[NDArray[np.uint8]]


def compare(frames: Frames, optional: Path) -> dict[str, Any]:
    """Medians of every contender, and ours as a share of theirs.

    ``optional`` is the folder with the vendor's bundle and YuNet, if there is one. What runs in
    this process takes turns with ours every few frames; the browser, which has to have the core to
    itself, with all frames, and each of its runs is compared with ours before and after it.
    """
    frames = frames[:FRAMES]
    left_out: dict[str, str] = {}
    with ExitStack() as stack:
        works = _ready(stack, frames, optional, left_out)
        with one_core_watched() as others:
            rounds = by_turns(works, [*frames] * PASSES)
        figures: dict[str, Any] = {OURS: {**percentiles(list(chain(*rounds[OURS]))), **others}}
        for name in works:
            if name != OURS:
                figures[name] = beside(rounds[OURS], rounds[name])
        with _left_out(WEB, left_out):
            figures[WEB] = _beside_the_web(frames, _beside(optional, _BUNDLE), works[OURS])
    return {**figures, **{name: f"not measured: {why}" for name, why in left_out.items()}}


def _ready(
    stack: ExitStack, frames: Frames, optional: Path, left_out: dict[str, str]
) -> dict[str, Work]:
    """Those that run in this process, each warm."""
    works: dict[str, Work] = {}
    with one_core():
        for name in (OURS, YUNET, VENDOR):
            with _left_out(name, left_out):
                works[name] = stack.enter_context(_work(name, optional))
                times_ms(frames[:WARM_UP], works[name])
    return works


def _work(name: str, optional: Path) -> AbstractContextManager[Work]:
    if name == OURS:
        return landmarks_and_pose(require("face_landmarker"))
    if name == VENDOR:
        return landmarks_and_pose(_beside(optional, _BUNDLE))
    return yunet(_beside(optional, "face_detection_yunet_2023mar.onnx"))


@contextmanager
def _left_out(name: str, left_out: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except NotMeasured as problem:
        left_out[name] = str(problem)


def _beside(optional: Path, file: str) -> Path:
    if not (optional / file).is_file():
        raise NotMeasured(f"there is no {file} beside this checkout")
    return optional / file


@contextmanager
def landmarks_and_pose(model: Path) -> Iterator[Work]:
    """From the picture to the head's angles."""
    reference = load_reference_face()
    with VideoLandmarker(model) as landmarker:
        times_of_frames_ms = count(125, 125)

        def work(image: NDArray[np.uint8]) -> None:
            for mesh in landmarker.detect(image, next(times_of_frames_ms)):
                angles(fit(mesh, reference).rotation)

        yield work


@contextmanager
def yunet(model: Path) -> Iterator[Work]:
    """OpenCV's own YuNet at 640 x 480: boxes and five points, no pose."""
    cv2.setNumThreads(1)
    detector = cv2.FaceDetectorYN.create(str(model), "", (640, 480))
    yield lambda image: detector.detect(image[:, :, ::-1].copy())


def _beside_the_web(frames: Frames, model: Path, ours: Work) -> dict[str, Any]:
    our_rounds: list[Times] = []
    web_rounds: list[Times] = []
    with web_build(frames, model) as build:
        for _ in range(WEB_ROUNDS):
            before = _warm_times_ms(frames, ours)
            web_rounds.append(build.frame_times_ms(measured_core())[WARM_UP:])
            our_rounds.append(before + _warm_times_ms(frames, ours))
    return beside(our_rounds, web_rounds)


def _warm_times_ms(frames: Frames, work: Work) -> Times:
    with one_core():
        return times_ms(frames, work)[WARM_UP:]
