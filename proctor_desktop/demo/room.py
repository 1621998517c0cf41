"""A plain room: what the camera sees when nobody sits in front of it."""

from __future__ import annotations

import numpy as np

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.demo.portrait import Picture
from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

_WALL = (188.0, 184.0, 174.0)
_DOOR = (132, 104, 78)
_FRAME = (206, 202, 194)
_SHELF = (112, 92, 74)
_BOOKS = ((92, 60, 54), (58, 78, 96), (150, 132, 92), (70, 92, 72), (120, 70, 62))
_CHAIR = (46, 48, 54)
_CHAIR_EDGE = (66, 68, 76)
_OUT_OF_FOCUS_PX = 2.2


def draw_room() -> Picture:
    """A wall in window light, a door, a shelf and an empty chair, slightly out of focus."""
    room = _wall()
    _door(room)
    _shelf(room)
    blurred = np.asarray(cv2.GaussianBlur(room, (0, 0), _OUT_OF_FOCUS_PX), np.uint8)
    _chair(blurred)
    return np.asarray(cv2.GaussianBlur(blurred, (0, 0), 0.8), dtype=np.uint8)


def _wall() -> Picture:
    rows, columns = np.indices((HEIGHT_PX, WIDTH_PX), dtype=np.float32)
    light = 1.08 - 0.28 * columns / WIDTH_PX - 0.10 * rows / HEIGHT_PX
    wall = light[:, :, np.newaxis] * np.array(_WALL, np.float32)
    return np.clip(wall, 0, 255).astype(np.uint8)


def _door(room: Picture) -> None:
    cv2.rectangle(room, (522, 60), (628, HEIGHT_PX), _FRAME, -1)
    cv2.rectangle(room, (530, 68), (620, HEIGHT_PX), _DOOR, -1)
    cv2.rectangle(room, (544, 90), (606, 230), tuple(int(c * 0.9) for c in _DOOR), 2)
    cv2.circle(room, (541, 300), 5, (176, 168, 140), -1)


def _shelf(room: Picture) -> None:
    cv2.rectangle(room, (18, 168), (150, 178), _SHELF, -1)
    left = 28
    for number, colour in enumerate(_BOOKS):
        width, height = 14 + 4 * (number % 3), 52 + 9 * (number * 2 % 4)
        cv2.rectangle(room, (left, 168 - height), (left + width, 168), colour, -1)
        left += width + 3


def _chair(room: Picture) -> None:
    cv2.ellipse(room, (320, 400), (118, 120), 0, 180, 360, _CHAIR_EDGE, -1)
    cv2.rectangle(room, (202, 398), (438, HEIGHT_PX), _CHAIR_EDGE, -1)
    cv2.ellipse(room, (320, 404), (108, 112), 0, 180, 360, _CHAIR, -1)
    cv2.rectangle(room, (212, 402), (428, HEIGHT_PX), _CHAIR, -1)
