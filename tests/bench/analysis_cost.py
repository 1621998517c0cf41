"""What eyes and ears cost: CPU seconds for each second watched, on one core.

CPU time is measured and not the clock's, so that whatever else runs does not count. The C library
is set as in the monitor (``hosts/memory.py``): what is given back to the system has to be mapped
anew, and that is part of the cost.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import FRAMES_PER_S, Frame
from proctor_desktop.core.moment import Moment
from proctor_desktop.monitor.analysers import Analysers
from proctor_desktop.sound.hearing import Hearing
from proctor_desktop.sound.speech import SpeechDetector
from proctor_desktop.sources.sound_file import SoundFile
from proctor_desktop.vision.analyst import Analyst
from proctor_desktop.vision.geometry import fit
from proctor_desktop.vision.landmarker import VideoLandmarker
from proctor_desktop.vision.loading import load_models
from proctor_desktop.vision.reference_face import load_reference_face
from tests.bench.figures import percentiles
from tests.bench.one_core import one_core

START = Moment(10_000_000_000, datetime(2026, 1, 1, tzinfo=UTC))
WARM_UP = 24

Frames = Sequence[NDArray[np.uint8]]


def vision(frames: Frames, installed: Analysers) -> dict[str, Any]:
    """The whole analysis of each frame, every model in its turn, at eight frames a second."""
    with one_core(), load_models(installed.vision) as models:
        analyst = Analyst(models, load_reference_face())
        analyst.remember(frames[0])
        walls: list[float] = []
        began = 0.0
        for number, image in enumerate(frames):
            if number == WARM_UP:
                began = time.process_time()
            frame = Frame(number, START.later(number / FRAMES_PER_S), image)
            walls.append(analyst.analyse(frame)[0].analysis_ms)
        spent_s = time.process_time() - began
    there = [
        name
        for name, model in (
            ("YuNet", installed.vision.faces),
            ("objects", installed.vision.objects),
            ("identity", installed.vision.identity),
            ("liveness", installed.vision.liveness),
        )
        if model
    ]
    return {
        "percent_of_one_core": _percent(spent_s, len(frames) - WARM_UP),
        **percentiles(walls[WARM_UP:]),
        "models_beside_the_landmarker": there,
    }


def landmarks_alone(frames: Frames, installed: Analysers) -> dict[str, Any]:
    """Landmarks and head rotation only."""
    reference = load_reference_face()
    with one_core(), VideoLandmarker(installed.vision.landmarker) as landmarker:
        began = 0.0
        for number, image in enumerate(frames):
            if number == WARM_UP:
                began = time.process_time()
            for mesh in landmarker.detect(image, (number + 1) * 125):
                fit(mesh, reference)
        spent_s = time.process_time() - began
    return {"percent_of_one_core": _percent(spent_s, len(frames) - WARM_UP)}


def sound(recording: Path, installed: Analysers) -> dict[str, Any]:
    """Levels, signal and speech of a recording in which somebody talks."""
    speech = installed.speech
    blocks = list(SoundFile(recording).blocks())
    with one_core():
        hearing = Hearing(None if speech is None else lambda: SpeechDetector(speech))
        began = time.process_time()
        for block in blocks:
            hearing.hear(block)
        spent_s = time.process_time() - began
    return {
        "percent_of_one_core": round(100 * spent_s / (len(blocks) * 0.1), 2),
        "seconds": len(blocks) / 10,
        "speech_model": speech is not None,
    }


def _percent(spent_s: float, frames: int) -> float:
    return round(100 * spent_s / (frames / FRAMES_PER_S), 1)
