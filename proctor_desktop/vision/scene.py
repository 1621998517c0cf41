"""Whether the camera all at once shows another scene: swapped, or switched to a recording.

What is compared is structure, not brightness: how each place differs from its surroundings, in
shares of the light there. So a lamp that goes on or off changes little, and neither does a person
who moves, because the room around stays. A camera that is moved shows the same things elsewhere.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import HALF_TICK_NS
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

Structure: TypeAlias = NDArray[np.float32]
"""60 x 80: how much brighter a place is than its surroundings, as a share; NaN beside a picture."""

DARK_LEVELS = 8.0
"""Added to the light of a place when differences are taken as shares of it: in the dark, a few
levels of noise would otherwise be structure."""

_FINE_CELLS, _COARSE_CELLS = 0.8, 3.0
_MOST = 0.5
_REGIONS = 4
_PLAIN = 0.02
_FEWEST_REGIONS = 4
_ALIKE_REGIONS = 2
_ALIKE = 0.6
_BEYOND_DOUBT, _LIKELY = 0.65, 0.45
STAYS_S = 1.0
_STAYS_NS = round(STAYS_S * NS_PER_S) - HALF_TICK_NS
_SUDDEN_NS = 3 * NS_PER_S // 2
_FORGET_NS = 2 * NS_PER_S


class Scene:
    """Follows one camera's scene from look to look, about two a second; used by one thread."""

    def __init__(self) -> None:
        self._known: Structure | None = None
        self._known_ns = 0
        self._other: Structure | None = None
        self._other_ns = 0
        self._looked_ns = 0

    def replaced(self, structure: Structure, now_ns: int) -> bool:
        """Whether another scene took the place of the known one and stayed for a second.

        True once for each replacement. A picture with hardly any structure (a covered lens, a bare
        wall) is not judged, and after two seconds of those the scene is learnt anew.
        """
        if _regions_with_structure(structure) < _FEWEST_REGIONS:
            return False
        pause_ns, self._looked_ns = now_ns - self._looked_ns, now_ns
        known = self._known
        if known is None or pause_ns > _FORGET_NS or alike(known, structure):
            return self._settle(structure, now_ns)
        if self._other is not None and alike(self._other, structure):
            if now_ns - self._other_ns < _STAYS_NS:
                return False
            self._settle(structure, now_ns)
            return True
        if now_ns - self._known_ns > _SUDDEN_NS:  # it goes on changing: somebody moves the camera
            return self._settle(structure, now_ns)
        self._other, self._other_ns = structure, now_ns
        return False

    def _settle(self, structure: Structure, now_ns: int) -> bool:
        self._known, self._known_ns, self._other = structure, now_ns, None
        return False


def structure_of(small: NDArray[np.float32]) -> Structure:
    """The structure of a small grey picture."""
    fine = cv2.GaussianBlur(small, (0, 0), _FINE_CELLS)
    light = cv2.GaussianBlur(fine, (0, 0), _COARSE_CELLS)
    return np.clip((fine - light) / (light + DARK_LEVELS), -_MOST, _MOST).astype(np.float32)


def alike(one: Structure, other: Structure) -> bool:
    """Whether two pictures may show the same scene, where it was or elsewhere in the picture."""
    height, width = np.minimum(one.shape, other.shape)
    one, other = _middle(one, height, width), _middle(other, height, width)
    agreeing = sum(value >= _ALIKE for value in _agreements(one, other))
    return agreeing >= _ALIKE_REGIONS or _moved(one, other)


def _agreements(one: Structure, other: Structure) -> list[float]:
    """The correlation of each region that has structure in one of the two."""
    found = []
    for a, b in zip(_cut(one), _cut(other), strict=True):
        energies = float(np.mean(a * a)), float(np.mean(b * b))
        if max(energies) >= _PLAIN**2:
            found.append(
                float(np.mean(a * b)) / max(1e-9, float(np.sqrt(energies[0] * energies[1])))
            )
    return found


def _moved(one: Structure, other: Structure) -> bool:
    """Whether the scene is the same, but elsewhere in the picture: the camera was moved.

    Five pieces of the one picture are looked for in the other. One that is found beyond doubt is
    enough, and so are two that moved by the same way.
    """
    height, width = one.shape
    high, wide = height // 2, width // 2
    corners = [(0, 0), (0, width - wide), (height - high, 0), (height - high, width - wide)]
    moves: list[tuple[int, int]] = []
    for top, left in [*corners, (high // 2, wide // 2)]:
        piece = np.ascontiguousarray(other[top : top + high, left : left + wide])
        if float(np.mean(piece * piece)) < _PLAIN**2:
            continue
        match = cv2.matchTemplate(np.ascontiguousarray(one), piece, cv2.TM_CCOEFF_NORMED)
        _, score, _, (x, y) = cv2.minMaxLoc(match)
        if score >= _BEYOND_DOUBT:
            return True
        if score >= _LIKELY:
            moves.append((x - left, y - top))
    return any(
        abs(x - other_x) <= 1 and abs(y - other_y) <= 1
        for number, (x, y) in enumerate(moves)
        for other_x, other_y in moves[:number]
    )


def _regions_with_structure(structure: Structure) -> int:
    return sum(float(np.mean(region * region)) >= _PLAIN**2 for region in _cut(structure))


def _cut(structure: Structure) -> list[Structure]:
    rows = np.array_split(structure, _REGIONS, axis=0)
    return [region for row in rows for region in np.array_split(row, _REGIONS, axis=1)]


def _middle(structure: Structure, height: int, width: int) -> Structure:
    top, left = (structure.shape[0] - height) // 2, (structure.shape[1] - width) // 2
    return structure[top : top + height, left : left + width]
