"""Phones, books, laptops and screens in the camera's picture, by YOLOX-Nano.

The network sees the picture scaled to 416 pixels, so that a phone in the hand is some thirty pixels
wide. It scores each of the 80 kinds of things of the COCO collection on its own; its numbers are
not equally careful from kind to kind. ``KINDS`` says for each kind from where on it is believed,
and the scores handed out are stretched so that this point is 0.5 for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.observation import ObjectBox
from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.vision.onnx import open_model
from proctor_desktop.vision.sight import RgbImage

with importing_opencv():
    import cv2

Boxes: TypeAlias = NDArray[np.float32]
"""n x 4: left, top, right, bottom."""

Scores: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object: its places among COCO's 80, and the raw score that counts as 0.5.

    The raw score is the sum over the places: a thing is held up once, whatever it is taken for.
    """

    label: str
    coco: tuple[int, ...]
    believed_from: float


KINDS = (
    Kind("phone", (67, 65), 0.28),
    Kind("book", (73,), 0.35),
    Kind("laptop", (63,), 0.5),
    Kind("screen", (62,), 0.6),
)
"""Screens ask for more: a map on a wall reached a raw 0.49 and the edge of a board 0.50, while
three of the four labelled monitors lie above 0.75 (the fourth is small). Phones ask for less: they
are small, and seen from behind they read half as phones and half as remote controls, so that both
count. In 232 s of honest clips and 69 portraits one single picture reached 0.28.
``tests/eval/objects.py`` has the figures."""

SIDE_PX = 416
PADDING = 114
STRIDES_PX = (8, 16, 32)
SAME_OBJECT_IOU = 0.45
REPORTED_FROM = 0.3
DIGITS = 4


class YoloxNano:
    """The object detector; about 15 ms a picture on one core.

    Raises EnvironmentProblem when ``model`` is missing or is no model. Use it from one thread.
    """

    def __init__(self, model: Path) -> None:
        self._session = open_model(model)
        self._input = self._session.get_inputs()[0].name

    def detect(self, image: RgbImage) -> tuple[ObjectBox, ...]:
        """Phones, books, laptops and screens in ``image``, surest first, with scores from 0.3 on.

        Boxes are clipped to the picture, and all numbers have four digits. The scores are stretched
        so that 0.5 is where a kind is believed; they are not the model's own. A thing that the
        model rather takes for something else, such as a cup, is not reported.
        """
        canvas, scale = letterbox(image)
        (raw,) = self._session.run(None, {self._input: network_input(canvas)})
        boxes, scores = decode(np.asarray(raw)[0])
        height, width = image.shape[:2]
        size = np.array((width, height, width, height), np.float32) * scale
        return found(np.clip(boxes / size, 0.0, 1.0), scores)


def letterbox(image: RgbImage) -> tuple[RgbImage, float]:
    """``image`` scaled to fit 416 x 416, at the top left of a grey square, and the scale."""
    height, width = image.shape[:2]
    scale = SIDE_PX / max(height, width)
    size = (round(width * scale), round(height * scale))
    canvas = np.full((SIDE_PX, SIDE_PX, 3), PADDING, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return canvas, scale


def network_input(canvas: RgbImage) -> NDArray[np.float32]:
    """1 x 3 x 416 x 416, BGR, 0 to 255: the network was trained on what OpenCV reads."""
    return np.ascontiguousarray(canvas[:, :, ::-1].transpose(2, 0, 1)[None], np.float32)


def decode(raw: NDArray[np.float32]) -> tuple[Boxes, Scores]:
    """Boxes in pixels of the square, and n x 80 raw scores, from the network's n x 85.

    Each row belongs to one cell of a grid of 8, 16 or 32 pixels: centre and logarithm of the size
    in cells, how much of an object it is, and of which kind.
    """
    cells, strides = _GRID
    centre = (raw[:, :2] + cells) * strides
    half = np.exp(raw[:, 2:4]) * strides / 2
    return np.concatenate((centre - half, centre + half), axis=1), raw[:, 4:5] * raw[:, 5:]


def _grid() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The cell and the stride of each of the network's rows."""
    cells, strides = [], []
    for stride in STRIDES_PX:
        rows, columns = np.mgrid[: SIDE_PX // stride, : SIDE_PX // stride]
        cells.append(np.stack((columns.ravel(), rows.ravel()), axis=1))
        strides.append(np.full((rows.size, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(strides).astype(np.float32)


_GRID = _grid()


def found(boxes: Boxes, scores: Scores) -> tuple[ObjectBox, ...]:
    """The objects of all kinds, surest first; ``boxes`` in fractions of the picture."""
    likeliest = scores.argmax(axis=1)
    objects: list[ObjectBox] = []
    for kind in KINDS:
        rows = np.flatnonzero(np.isin(likeliest, kind.coco))
        together = scores[rows][:, kind.coco].sum(axis=1).clip(max=1.0)
        believed = stretched(together, kind.believed_from)
        rows, believed = rows[believed >= REPORTED_FROM], believed[believed >= REPORTED_FROM]
        objects += [
            object_box(kind.label, boxes[rows[i]], believed[i])
            for i in distinct(boxes[rows], believed)
        ]
    return tuple(sorted(objects, key=lambda one: -one.score))


def stretched(raw: Scores, believed_from: float) -> Scores:
    """``raw`` scores (0 to 1) on two straight lines that meet where ``believed_from`` is 0.5."""
    return np.interp(raw, (0.0, believed_from, 1.0), (0.0, 0.5, 1.0)).astype(np.float32)


def distinct(boxes: Boxes, scores: Scores) -> list[int]:
    """Which of ``boxes`` stay when each one that mostly covers a surer one goes; surest first."""
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    left, kept = np.argsort(-scores, kind="stable"), []
    while left.size:
        best, left = int(left[0]), left[1:]
        kept.append(best)
        low = np.maximum(boxes[best, :2], boxes[left, :2])
        high = np.minimum(boxes[best, 2:], boxes[left, 2:])
        shared = np.clip(high - low, 0.0, None).prod(axis=1)
        # written without a division: a box clipped away to nothing has no area to divide by
        left = left[shared <= SAME_OBJECT_IOU * (areas[best] + areas[left] - shared)]
    return kept


def object_box(label: str, box: NDArray[np.float32], score: float) -> ObjectBox:
    """One object with its numbers rounded once and for all, as the records will carry them."""
    left, top, right, bottom = (round(float(edge), DIGITS) for edge in box)
    width, height = round(right - left, DIGITS), round(bottom - top, DIGITS)
    return ObjectBox(label, left, top, width, height, round(float(score), DIGITS))
