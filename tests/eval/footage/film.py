"""Films: camera footage for evaluation that is composed, not recorded.

A :data:`Film` gives the camera's picture at a time: 0 is when the exam starts, and the seconds
before belong to the calibration. Everything that does not move by itself gets the grain of a
camera, so that no picture repeats by accident. The same arguments give the same pictures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np

from proctor_desktop.core.frame import FRAMES_PER_S, HEIGHT_PX, WIDTH_PX
from proctor_desktop.demo.candidate import sensor_noise
from proctor_desktop.sources.picture import Image
from proctor_desktop.sources.video_file import VideoFile
from tests.eval.footage.clips import clip
from tests.eval.footage.treatment import Treatment

Film: TypeAlias = Callable[[float], Image]
"""From a time in seconds to the camera's picture at that time."""

_CALM_SEED, _SEED = 1, 2


def to_and_fro(number: int, count: int) -> int:
    """Where the ``number``-th step is on a way there and back over ``count`` places."""
    if count == 1:
        return 0
    place = abs(number) % (2 * (count - 1))
    return min(place, 2 * (count - 1) - place)


def loop(images: Sequence[Image]) -> Film:
    """To and fro through ``images`` without end, the first one at 0; so it also runs before 0."""

    def film(time_s: float) -> Image:
        return images[to_and_fro(round(time_s * FRAMES_PER_S), len(images))]

    return film


def played(path: Path, calm_s: float) -> Film:
    """A whole video once, forward; before 0 its first ``calm_s`` seconds to and fro."""
    before = calm(path, calm_s)
    video = VideoFile(path)
    last: list[Image] = []

    def film(time_s: float) -> Image:
        if time_s < 0:
            return before(time_s)
        image = video.at(time_s)
        if image is not None:
            last[:] = [image]
        return last[0]

    return film


def calm(path: Path, seconds: float) -> Film:
    """The first seconds of a clip to and fro, moved a little so that they do not stand still."""
    return grain(sway(loop(clip(path, 0.0, seconds)), 2.0, 0.4), _CALM_SEED)


def then(*parts: tuple[float, Film]) -> Film:
    """One film after the other, each from its time on (the first one from ever)."""

    def film(time_s: float) -> Image:
        current = parts[0][1]
        for start_s, part in parts:
            if time_s >= start_s:
                current = part
        return current(time_s)

    return film


def treated(film: Film, treat: Treatment) -> Film:
    """Every picture put through ``treat``."""
    return lambda time_s: treat(film(time_s))


_noise = cache(sensor_noise)


def grain(film: Film, seed: int = _SEED) -> Film:
    """With a camera's noise, another one in each picture; not on the bars around it."""

    def noisy(time_s: float) -> Image:
        number = round(time_s * FRAMES_PER_S) + 100_000
        top, left = np.random.default_rng((seed, number)).integers(0, 64, 2)
        noise = _noise()[top : top + HEIGHT_PX, left : left + WIDTH_PX]
        image = film(time_s)
        grainy = np.asarray(cv2.add(image, noise, dtype=cv2.CV_8U), np.uint8)
        grainy[image.max(axis=2) == 0] = 0
        return grainy

    return noisy


def sway(film: Film, shift_px: float = 3.0, turn_deg: float = 0.8) -> Film:
    """As if whoever is seen never sat quite still: a slow drift and a slight tilt."""

    def swaying(time_s: float) -> Image:
        x = shift_px * math.sin(1.1 * time_s) + 0.4 * shift_px * math.sin(2.9 * time_s)
        y = 0.6 * shift_px * math.sin(1.7 * time_s + 1)
        turn = cv2.getRotationMatrix2D((320, 400), turn_deg * math.sin(0.8 * time_s), 1.02)
        turn[:, 2] += np.array((x, y))
        size = (WIDTH_PX, HEIGHT_PX)
        moved = cv2.warpAffine(film(time_s), turn, size, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.uint8)

    return swaying
