"""Clips and stills of the shared media, as the product's own camera would have given them."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import closing
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.sources.picture import Image
from proctor_desktop.sources.video_device import as_picture
from proctor_desktop.sources.video_file import VideoFile


def pictures(path: Path, per_s: float = FRAMES_PER_S) -> Generator[tuple[float, Image]]:
    """Every picture of a video, so many a second, with its time in seconds."""
    with closing(VideoFile(path)) as video:
        number = 0
        while (image := video.at(number / per_s)) is not None:
            yield number / per_s, image
            number += 1


@lru_cache(maxsize=4)
def clip(path: Path, start_s: float = 0.0, end_s: float = math.inf) -> tuple[Image, ...]:
    """The pictures of a video between two of its times, at 8 a second."""
    first = round(start_s * FRAMES_PER_S)
    last = None if end_s == math.inf else round(end_s * FRAMES_PER_S)
    with closing(pictures(path)) as every:
        return tuple(image for _, image in islice(every, first, last))


@lru_cache(maxsize=16)
def moments(path: Path, times_s: tuple[float, ...]) -> tuple[Image, ...]:
    """The pictures of a video at these of its times, which must grow."""
    with closing(VideoFile(path)) as video:
        return tuple(image for at in times_s if (image := video.at(at)) is not None)


@cache
def photograph(path: Path) -> Image:
    """A still in RGB, of whatever size it has."""
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)


def camera_view(path: Path) -> Image:
    """A still in 640 x 480, its shape kept, between black bars if need be."""
    return as_picture(np.asarray(cv2.imread(str(path)), np.uint8))
