"""The second person: the portrait as another face - mirrored, darker hair and skin, other clothes.

It is put where MediaPipe's short-range detector, which easily misses second people, does find it:
beside the candidate, nearly as large, and wholly in the picture.
"""

from __future__ import annotations

import numpy as np

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.demo.head_region import head_region
from proctor_desktop.demo.person import Person, make_person
from proctor_desktop.demo.portrait import Picture, Portrait
from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

_SIZE = 0.8
_STRETCH = 1.06
_BESIDE_PX = 215.0
_LOWER_PX = 24.0
_CLOTHES_HUE_SHIFT = 100
_HUES = 180
_NECK_PX = 41
_HEAD_GAMMA = 1.7
_HEAD_TINT = np.array([0.96, 0.88, 0.84], np.float32)


def make_visitor(portrait: Portrait) -> Person:
    """A person who does not look like the one in the portrait at first sight.

    Their pose of rest is beside the candidate, on the right of the picture; they can be moved
    further to the right.
    """
    across, down = _SIZE, _SIZE * _STRETCH
    right = WIDTH_PX / 2 * (1 + across) + _BESIDE_PX
    top = HEIGHT_PX * (1 - down) + _LOWER_PX
    mirrored = np.array([[-across, 0, right], [0, down, top]], np.float64)
    size = (WIDTH_PX, HEIGHT_PX)
    x, y, z = portrait.landmarks.T
    return make_person(
        Portrait(
            np.asarray(cv2.warpAffine(_recoloured(portrait), mirrored, size), np.uint8),
            np.asarray(cv2.warpAffine(portrait.person, mirrored, size), np.uint8),
            np.column_stack((right - across * x, top + down * y, across * z)),
        )
    )


def _recoloured(portrait: Portrait) -> Picture:
    """Darker hair and skin (dark tones more than bright ones), and clothes of another hue."""
    neck_px = np.ones((_NECK_PX,) * 2, np.uint8)
    head = cv2.dilate(head_region(portrait), neck_px)[:, :, np.newaxis] > 0
    darker = (portrait.picture / 255.0) ** _HEAD_GAMMA * _HEAD_TINT * 255
    hsv = cv2.cvtColor(portrait.picture, cv2.COLOR_RGB2HSV)
    hsv[:, :, 0] = (hsv[:, :, 0].astype(np.int16) + _CLOTHES_HUE_SHIFT) % _HUES
    clothes = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
    return np.where(head, darker, clothes).astype(np.uint8)
