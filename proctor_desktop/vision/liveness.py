"""A living face or a picture of one, by MiniFASNetV2 (2.7 times the face's box, 80 x 80 pixels).

The network was trained on camera pictures. It looks for the edge of a print or of a screen around
the face, and for the way they give back light; a dim or badly focused living face reads like a
print, too. So a face is only checked in fair light, in focus and turned to the camera, and what
comes out is a hint for a person to look, not a finding.
"""

from __future__ import annotations

from math import cos, radians
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.observation import FaceBox
from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.vision.geometry import Fit
from proctor_desktop.vision.onnx import open_model
from proctor_desktop.vision.sight import RgbImage

with importing_opencv():
    import cv2

Edges: TypeAlias = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; right and bottom are the first beyond."""

SIDE_PX = 80
CROP = 2.7
LIVING = 1
DIGITS = 4
BAR_AT_MOST = 2
WIDEST_TURN_DEG = 30.0
WIDEST_TURN_WITH_ROOM_DEG = 40.0
ROOM = 2.4
"""How many times the face's box the picture has to show around a face that is turned further than
the first of the two: of living faces at 30 to 40 degrees, tight portraits read as prints, and none
did that had so much room (30 checks, some five people)."""

DARKEST, BRIGHTEST = 0.15, 0.92
FARTHEST, NEAREST = 0.22, 0.8
"""The face's height as a share of the picture's: beyond, it is a few pixels or all there is."""
FOCUS_SIDE_PX = 96
BLOCK_PX = 8
LEAST_STEP = 0.5
MOST_BLOCKY = 1.7
LEAST_CONTRAST, LEAST_FOCUS = 1.0, 0.22
"""Every honest clip lies above 0.23, and those blurred so far that they read as prints below it."""


class MiniFasNet:
    """The liveness check. Use it from one thread.

    Raises EnvironmentProblem when ``model`` is missing or is no model.
    """

    def __init__(self, model: Path) -> None:
        self._session = open_model(model)
        self._input = self._session.get_inputs()[0].name

    def live(self, image: RgbImage, box: FaceBox) -> float:
        """How much the face in ``box``, the box of its mesh, looks alive: 0 to 1, four digits."""
        (raw,) = self._session.run(None, {self._input: network_input(surroundings(image, box))})
        return round(float(softmax(np.asarray(raw, np.float64)[0])[LIVING]), DIGITS)


def checkable(image: RgbImage, fit: Fit, brightness: float) -> bool:
    """Whether a check of this face means anything; if not, none should be made.

    At the distance of a desk, turned by at most 30 degrees from the camera (40 with room around the
    face), in fair light (``brightness`` of the face, 0 to 1) and in focus: beyond that, living
    faces read as prints.
    """
    return (
        _faces_camera(image, fit)
        and FARTHEST <= fit.box.height <= NEAREST
        and DARKEST <= brightness <= BRIGHTEST
        and focus(image, fit.box) >= LEAST_FOCUS
        and blockiness(image, fit.box) <= MOST_BLOCKY
    )


def _faces_camera(image: RgbImage, fit: Fit) -> bool:
    turn = float(fit.rotation[2, 2])
    if turn >= cos(radians(WIDEST_TURN_DEG)):
        return True
    return turn >= cos(radians(WIDEST_TURN_WITH_ROOM_DEG)) and room(image, fit.box) >= ROOM


def blockiness(image: RgbImage, box: FaceBox) -> float:
    """How much the face steps at the edges of 8 x 8 blocks beside elsewhere: 1 is usual.

    Hard compression leaves such a grid, and takes what a living skin is told by.
    """
    grey = cv2.cvtColor(_face(image, box), cv2.COLOR_RGB2GRAY).astype(np.float32)
    left = int(_within(box.x * image.shape[1], 0, image.shape[1] - 1))
    steps = np.abs(np.diff(grey, axis=1)).mean(axis=0)
    at_edges = (np.arange(len(steps)) + left + 1) % BLOCK_PX == 0
    if not at_edges.any() or at_edges.all():
        return 1.0
    return float(steps[at_edges].mean()) / max(float(steps[~at_edges].mean()), LEAST_STEP)


def focus(image: RgbImage, box: FaceBox) -> float:
    """How much fine detail the face has beside its coarse shapes: 0.3 is usual, 0 is a blur."""
    face = _face(image, box)
    size = (FOCUS_SIDE_PX, FOCUS_SIDE_PX)
    small = cv2.resize(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    grey = small.astype(np.float32)
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    coarse = float(np.abs(cv2.GaussianBlur(smooth, (0, 0), 4.0) - smooth).mean())
    return float(np.abs(grey - smooth).mean()) / max(coarse, LEAST_CONTRAST)


def _face(image: RgbImage, box: FaceBox) -> RgbImage:
    """What of the image lies in the box: a pixel at least."""
    height, width = image.shape[:2]
    left, top = (
        int(_within(box.x * width, 0, width - 1)),
        int(_within(box.y * height, 0, height - 1)),
    )
    right, bottom = round((box.x + box.width) * width), round((box.y + box.height) * height)
    return image[top : max(bottom, top + 1), left : max(right, left + 1)]


def surroundings(image: RgbImage, box: FaceBox) -> RgbImage:
    """2.7 times the face's box out of ``image``, as 80 x 80 pixels.

    The bars that fill a picture up to 640 x 480 are left out: to the network they are the edge of a
    screen, and every living face between them would be a replay.
    """
    left, top, right, bottom = crop_edges(box, image.shape[1], image.shape[0], content(image))
    crop = image[top:bottom, left:right]
    return np.asarray(cv2.resize(crop, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR))


def content(image: RgbImage) -> Edges:
    """The part of ``image`` between black bars at its edges; all of it if it is black."""
    lit = image.max(axis=2) > BAR_AT_MOST
    columns, rows = np.flatnonzero(lit.any(axis=0)), np.flatnonzero(lit.any(axis=1))
    if not columns.size:
        return 0, 0, image.shape[1], image.shape[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def crop_edges(box: FaceBox, width_px: int, height_px: int, bounds: Edges) -> Edges:
    """2.7 times ``box`` in pixels, moved to lie within ``bounds``, and smaller if it must.

    The shape of the box is kept, as in the network's training. A box that lies outside ``bounds``
    gives the nearest pixels within.
    """
    left, top, right, bottom = bounds
    width, height = max(box.width * width_px, 1.0), max(box.height * height_px, 1.0)
    scale = _scale(width, height, bounds)
    centre_x, centre_y = box.centre
    x = _within(centre_x * width_px - width * scale / 2, left, right - width * scale)
    y = _within(centre_y * height_px - height * scale / 2, top, bottom - height * scale)
    first_x, first_y = min(int(x), right - 1), min(int(y), bottom - 1)
    last_x, last_y = round(x + width * scale), round(y + height * scale)
    return first_x, first_y, max(last_x, first_x + 1), max(last_y, first_y + 1)


def room(image: RgbImage, box: FaceBox) -> float:
    """How many times ``box`` the network gets to see of ``image``: 2.7, or what there is."""
    height_px, width_px = image.shape[:2]
    return _scale(box.width * width_px, box.height * height_px, content(image))


def _scale(width: float, height: float, bounds: Edges) -> float:
    left, top, right, bottom = bounds
    return min(CROP, (right - left) / max(width, 1.0), (bottom - top) / max(height, 1.0))


def _within(value: float, low: float, high: float) -> float:
    return max(low, min(value, high))


def network_input(crop: RgbImage) -> NDArray[np.float32]:
    """1 x 3 x 80 x 80, BGR, 0 to 255."""
    return np.ascontiguousarray(crop[:, :, ::-1].transpose(2, 0, 1)[None], np.float32)


def softmax(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares that sum to 1."""
    grown = np.exp(raw - raw.max())
    return np.asarray(grown / grown.sum())
