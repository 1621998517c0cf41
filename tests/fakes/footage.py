"""Camera footage with a known number of faces at each moment, drawn from the portrait."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.pose import ABSENT, AT_REST, Pose
from proctor_desktop.weights.sync import require

FPS = 16


def candidate() -> Candidate:
    """The rendered candidate; skips the test when its files have not been synced."""
    try:
        return Candidate.from_portrait(require("demo_portrait"), require("face_landmarker"))
    except EnvironmentProblem as problem:
        pytest.skip(f"run 'proctor-desktop weights sync' first: {problem}")


def write_footage(path: Path, plan: Sequence[tuple[float, Pose | None]]) -> Path:
    """A video of ``plan``: so many seconds of the candidate in that pose, or of nobody."""
    who = candidate()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        stream.bit_rate = 4_000_000
        stream.codec_context.time_base = Fraction(1, FPS)
        number = 0
        for seconds, pose in plan:
            stills = [who.render(pose or ABSENT, seed=seed) for seed in range(4)]
            for _ in range(round(seconds * FPS)):
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(stills[number % 4]))
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                container.mux(stream.encode(frame))
                number += 1
        container.mux(stream.encode(None))
    return path


HERE = AT_REST
AWAY = None
