"""Something or somebody laid over a film, and the way it takes through the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import FRAMES_PER_S, HEIGHT_PX, WIDTH_PX
from proctor_desktop.sources.picture import Image
from tests.eval.footage.film import Film, to_and_fro

Patch: TypeAlias = NDArray[np.uint8]
"""Height x width x 4: RGB and how opaque each pixel is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a patch is: its centre and height in pixels of the picture, and its tilt."""

    x: float
    y: float
    height: float
    tilt_deg: float = 0.0


Where: TypeAlias = Callable[[float], Place | None]
"""From a time in seconds to where a patch is then, or None while it is not there."""

_EVER_S = 999.0
_WAY_S = 1.0
"""So long everybody takes to come and to go."""


def moves(*stations: tuple[float, Place]) -> Where:
    """In a straight line from station to station; not there before the first, after the last."""
    times = [time_s for time_s, _ in stations]
    values = np.array([(p.x, p.y, p.height, p.tilt_deg) for _, p in stations])

    def where(time_s: float) -> Place | None:
        if not times[0] <= time_s <= times[-1]:
            return None
        return Place(*(float(np.interp(time_s, times, values[:, i])) for i in range(4)))

    return where


def stays(place: Place) -> Where:
    """There all the time."""
    return lambda _: place


def visit(outside: Place, inside: Place, from_s: float, to_s: float) -> Where:
    """Comes in, is ``inside`` between the two times, and goes out again."""
    return moves(
        (from_s - _WAY_S, outside), (from_s, inside), (to_s, inside), (to_s + _WAY_S, outside)
    )


def excursion(here: Place, there: Place, from_s: float, to_s: float) -> Where:
    """Always ``here`` but between the two times ``there``."""
    return moves(
        (-_EVER_S, here),
        (from_s - _WAY_S, here),
        (from_s, there),
        (to_s, there),
        (to_s + _WAY_S, here),
        (_EVER_S, here),
    )


def layer(below: Film, patches: Sequence[Patch], where: Where) -> Film:
    """``below`` with a patch on top of it; several patches follow each other to and fro."""

    def film(time_s: float) -> Image:
        place, image = where(time_s), below(time_s)
        if place is None:
            return image
        number = to_and_fro(round(time_s * FRAMES_PER_S), len(patches))
        return paste(image, patches[number], place)

    return film


def paste(image: Image, patch: Patch, place: Place) -> Image:
    """``image`` with ``patch`` at its place."""
    height, width = patch.shape[:2]
    scale = place.height / height
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), place.tilt_deg, scale)
    turn[:, 2] += np.array((place.x - width / 2, place.y - height / 2))
    laid = cv2.warpAffine(patch, turn, (WIDTH_PX, HEIGHT_PX), flags=cv2.INTER_AREA)
    share = laid[:, :, 3:].astype(np.float32) / 255.0
    mixed = image * (1.0 - share) + laid[:, :, :3] * share
    return np.asarray(mixed + 0.5, np.uint8)
