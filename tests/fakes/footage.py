"""Camera footage with a known number of faces at each moment, drawn from the portrait."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.portrait import Picture
from proctor_desktop.demo.pose import ABSENT, AT_REST, Pose
from proctor_desktop.demo.sway import sway
from proctor_desktop.weights.sync import require

FPS = 16
_CYCLE_S = 4
_LIVELINESS = 0.5


def candidate() -> Candidate:
    """The rendered candidate; skips the test when its files have not been synced."""
    try:
        return Candidate.from_portrait(require("demo_portrait"), require("face_landmarker"))
    except EnvironmentProblem as problem:
        pytest.skip(f"run 'proctor-desktop weights sync' first: {problem}")


def write_footage(path: Path, plan: Sequence[tuple[float, Pose | None]]) -> Path:
    """A video of ``plan``: so many seconds of the candidate in that pose, or of nobody.

    As nobody is ever quite still, the candidate sways a little about the pose.
    """
    who = candidate()

    @functools.cache
    def pictures(pose: Pose | None) -> list[Picture]:
        if pose is None:
            return [who.render(ABSENT, seed=seed) for seed in range(_CYCLE_S * FPS)]
        moments = range(_CYCLE_S * FPS)
        return [who.render(pose.plus(sway(n / FPS, _LIVELINESS)), seed=n) for n in moments]

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        stream.bit_rate = 4_000_000
        stream.codec_context.time_base = Fraction(1, FPS)
        number = 0
        for seconds, pose in plan:
            shown = pictures(pose)
            for _ in range(round(seconds * FPS)):
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown[number % len(shown)]))
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                container.mux(stream.encode(frame))
                number += 1
        container.mux(stream.encode(None))
    return path


HERE = AT_REST
AWAY = None


def write_film(path: Path, plan: Iterable[tuple[float, Sequence[Picture]]]) -> Path:
    """A video of ``plan``: for so many seconds these pictures (480 x 640 x 3, RGB) in turn.

    Each picture is a JPEG of its own, as from a webcam: a picture that is shown again is the same
    to the last bit.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuvj420p"
        shown = 0
        for seconds, pictures in plan:
            encoded = [_jpeg(picture) for picture in pictures]
            for number in range(round(seconds * FPS)):
                packet = av.Packet(encoded[number % len(encoded)])
                packet.stream, packet.time_base = stream, Fraction(1, FPS)
                packet.pts = packet.dts = shown
                container.mux(packet)
                shown += 1
    return path


def _jpeg(picture: Picture) -> bytes:
    done, encoded = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    assert done
    return encoded.tobytes()
