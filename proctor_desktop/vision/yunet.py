"""YuNet through onnxruntime: what goes into the network, and what its outputs mean.

OpenCV can run the same file, in about 3.7 ms a picture; this takes less than 2 ms of the same core.
The published file is made for 640 x 640 pixels, but the network has only convolutions and takes
every size whose sides are multiples of 32: the size it declares is replaced while it is loaded.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.vision.sight import KEYPOINTS, RgbImage

with importing_opencv():
    import cv2

INPUT_WIDTH_PX, INPUT_HEIGHT_PX = 320, 256
"""The network's picture: half of the camera's and a black edge above and below it."""

PICTURE_HEIGHT_PX = 240
EDGE_PX = (INPUT_HEIGHT_PX - PICTURE_HEIGHT_PX) // 2
LIGHT_PERCENTILE = 98
LIGHT = 180.0
"""Where that percentile of a picture's brightness is brought to when it is dark."""

MOST_GAIN = 10.0
LEAST_GAIN = 1.3
"""Pictures that need less than this are left as they are."""

STRIDES_PX = (8, 16, 32)
OUTPUTS = tuple(f"{kind}_{px}" for kind in ("cls", "obj", "bbox", "kps") for px in STRIDES_PX)

Found: TypeAlias = NDArray[np.float32]
"""n x 15: score, box (left, top, width, height) and five points (x, y), fractions of the picture.

The points: the eyes, the tip of the nose, the corners of the mouth; left of the picture first.
"""


def resized(model: bytes) -> bytes:
    """The model's file, declaring our size; raises ValueError if it does not declare 640 x 640."""
    declared = _shape(640, 640)
    if model.count(declared) != 1:
        raise ValueError("its input is not 1 x 3 x 640 x 640")
    return model.replace(declared, _shape(INPUT_HEIGHT_PX, INPUT_WIDTH_PX))


def _shape(height_px: int, width_px: int) -> bytes:
    """The shape 1 x 3 x height x width as an ONNX file writes it: four tagged numbers."""
    sides = b"".join(bytes((10, 3, 8, px & 127 | 128, px >> 7)) for px in (height_px, width_px))
    return bytes((10, 2, 8, 1, 10, 2, 8, 3)) + sides


def network_input(image: RgbImage) -> tuple[NDArray[np.float32], float]:
    """The picture as the network takes it, and by how much it was brightened (1 = not at all).

    1 x 3 x 256 x 320, blue first, 0 to 255. In a room at dusk the network misses faces that it
    finds in the same picture made brighter.
    """
    whole = np.zeros((INPUT_HEIGHT_PX, INPUT_WIDTH_PX, 3), np.uint8)
    size = (INPUT_WIDTH_PX, PICTURE_HEIGHT_PX)
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    gain = _gain(small)
    whole[EDGE_PX:-EDGE_PX] = cv2.convertScaleAbs(small, alpha=gain) if gain > 1.0 else small
    return np.ascontiguousarray(whole[:, :, ::-1].transpose(2, 0, 1), np.float32)[None], gain


def _gain(picture: NDArray[np.uint8]) -> float:
    bright = float(np.percentile(picture[::8, ::8].max(axis=2), LIGHT_PERCENTILE))
    gain = min(MOST_GAIN, LIGHT / max(1.0, bright))
    return gain if gain >= LEAST_GAIN else 1.0


def decode(outputs: list[NDArray[np.float32]], least_score: float) -> Found:
    """What the network (outputs in the order of OUTPUTS) finds with at least that score.

    One face is found several times over, by neighbouring cells.
    """
    rows = [
        _decode_grid(px, [each[0] for each in outputs[at :: len(STRIDES_PX)]], least_score)
        for at, px in enumerate(STRIDES_PX)
    ]
    return np.concatenate(rows)


def _decode_grid(stride_px: int, grid: list[NDArray[np.float32]], least_score: float) -> Found:
    """One of the three grids: each cell tells a box and five points relative to itself."""
    of_class, of_object, boxes, points = grid
    score = np.sqrt(np.clip(of_class, 0.0, 1.0) * np.clip(of_object, 0.0, 1.0))[:, 0]
    (sure,) = np.nonzero(score >= least_score)
    row, column = np.divmod(sure, INPUT_WIDTH_PX // stride_px)
    cell = np.stack((column, row), axis=1)
    centre = (boxes[sure, :2] + cell) * stride_px
    size = np.exp(boxes[sure, 2:]) * stride_px
    at = (points[sure].reshape(-1, KEYPOINTS, 2) + cell[:, None]) * stride_px
    found = np.concatenate((centre - size / 2, size, at.reshape(-1, 2 * KEYPOINTS)), axis=1)
    found[:, 0::2] /= INPUT_WIDTH_PX
    found[:, 1::2] -= EDGE_PX
    found[:, 3] += EDGE_PX  # a height has no place that an edge could shift
    found[:, 1::2] /= PICTURE_HEIGHT_PX
    return np.concatenate((score[sure, None], found), axis=1).astype(np.float32)
