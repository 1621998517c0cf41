"""What a worse camera, worse light or another seat does to a picture; all of 640 x 480."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np

from proctor_desktop.core.frame import FRAMES_PER_S, HEIGHT_PX, WIDTH_PX
from proctor_desktop.sources.picture import Image

Treatment: TypeAlias = Callable[[Image], Image]


def dimmed(image: Image) -> Image:
    """A tenth of the light."""
    return np.asarray(image * 0.1 + 0.5, np.uint8)


def backlit(image: Image) -> Image:
    """A bright window around somebody whose face is in the dark."""
    rows, columns = np.indices((HEIGHT_PX, WIDTH_PX), np.float32)
    away = np.hypot((columns - 320) / 320, (rows - 270) / 240)[:, :, None]
    light = np.clip((away - 0.55) / 0.5, 0, 1)
    return np.asarray(np.clip(image * (0.35 + 0.75 * light) + 150 * light, 0, 255), np.uint8)


def blurred(image: Image, sigma_px: float = 3.0) -> Image:
    """Out of focus."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), np.uint8)


def jpeg_20(image: Image) -> Image:
    """Through a JPEG of quality 20, as cheap cameras send it."""
    _, coded = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 20])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR_RGB), np.uint8)


def far_away(image: Image) -> Image:
    """Half as large, as from twice as far; around it the colours of its edge."""
    small = cv2.resize(image, (WIDTH_PX // 2, HEIGHT_PX // 2), interpolation=cv2.INTER_AREA)
    down, across = HEIGHT_PX // 4, WIDTH_PX // 4
    edges = (down, down, across, across)
    return np.asarray(cv2.copyMakeBorder(small, *edges, cv2.BORDER_REPLICATE), np.uint8)


def mirrored(image: Image) -> Image:
    """Left and right exchanged."""
    return np.ascontiguousarray(image[:, ::-1])


def tilted(degrees: float, border: int = cv2.BORDER_REPLICATE) -> Treatment:
    """The camera stands askew; ``border`` is OpenCV's word for what fills the corners."""
    turn = cv2.getRotationMatrix2D((WIDTH_PX // 2, HEIGHT_PX // 2), degrees, 1.0)

    def treat(image: Image) -> Image:
        laid = cv2.warpAffine(image, turn, (WIDTH_PX, HEIGHT_PX), borderMode=border)
        return np.asarray(laid, np.uint8)

    return treat


def lost_pictures(seconds: float, seed: int = 5) -> frozenset[int]:
    """A third of all pictures is lost, some of them several in a row: a camera that stutters."""
    random = np.random.default_rng(seed)
    lost: set[int] = set()
    number = 0
    while number < seconds * FRAMES_PER_S:
        run = int(random.integers(1, 4))
        lost.update(range(number, number + run))
        number += run + int(random.integers(2, 8))
    return frozenset(lost)
