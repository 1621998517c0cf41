"""Whether the camera all at once shows another scene: swapped, or switched to a recording.

What is compared is structure, not brightness: how each place differs from its surroundings, in
shares of the light there. So a lamp that goes on or off changes little, and neither does a person
who moves, because the room around stays. A camera that is moved shows the same things elsewhere.
"""

from __future__ import annotations

from collections import deque
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import HALF_TICK_NS
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

Structure: TypeAlias = NDArray[np.float32]
"""60 x 80: how much brighter a place is than its surroundings, as a share."""

Level = TypeVar("Level", bound=np.generic)

DARK_LEVELS = 8.0
"""Added to the light of a place when differences are taken as shares of it: in the dark, a few
levels of noise would otherwise be structure."""

_FINE_CELLS, _COARSE_CELLS = 0.8, 3.0
_MOST = 0.5
_REGIONS = 4
_PLAIN = 0.02
_FEWEST_REGIONS = 4
_ALIKE_REGIONS = 2
_ALIKE, _HARDLY_ALIKE = 0.6, 0.45
_TINY = 1e-18
_BEYOND_DOUBT, _LIKELY = 0.65, 0.45
_ZOOMS = (1.2, 1.45, 1.75, 2.1, 2.5)
STAYS_S = 1.0
_STAYS_NS = round(STAYS_S * NS_PER_S) - HALF_TICK_NS
_SUDDEN_NS = 3 * NS_PER_S // 2
_COMES_TO_REST_NS = 5 * NS_PER_S
_BUSY_REGIONS = 9
"""So much of both pictures must have structure for a scene to be missed after an absence: more than
one person fills, who may sit otherwise now."""

_VIEW_EVERY_NS = 4 * NS_PER_S
_VIEWS = 6


class Scene:
    """Follows one camera's scene from look to look, about two a second; used by one thread.

    While the camera is away, or its lens covered, anything may happen before it, and another one
    may be plugged in. What it shows afterwards is compared with how the scene looked at several
    times before, so that somebody who leant in just then is not the scene.
    """

    def __init__(self) -> None:
        self._known: Structure | None = None
        self._known_ns = 0
        self._other: Structure | None = None
        self._other_ns = 0
        self._looked_ns = 0
        self._back_ns: int | None = None
        self._views: deque[Structure] = deque(maxlen=_VIEWS)
        self._viewed_ns = 0

    def replaced(self, structure: Structure, now_ns: int, jumped: bool) -> bool:
        """Whether another scene took the place of the known one and stayed for a second.

        ``jumped`` says that lately all of the picture changed from one tick to the next, and did
        not go on doing so: somebody who leans in fills it as well, but takes longer.

        True once for each replacement. A picture with hardly any structure (a covered lens, a bare
        wall) is not judged; after 1.5 s of those, or without pictures, more is asked for.
        """
        if _regions_with_structure(structure) < _FEWEST_REGIONS:
            return False
        away_ns, self._looked_ns = now_ns - self._looked_ns, now_ns
        known = self._known
        if away_ns > _SUDDEN_NS:
            self._back_ns, self._other = now_ns, None
        if known is None or alike(known, structure):
            return self._settle(structure, now_ns)
        if self._back_ns is not None:
            return self._other_than_before(known, structure, now_ns, now_ns - self._back_ns)
        return self._all_at_once(structure, now_ns, jumped)

    @property
    def since_ns(self) -> int:
        """When the scene that was told of last was first seen."""
        return self._other_ns

    def begin_anew(self, structure: Structure, now_ns: int) -> None:
        """Take this for the scene from now on; nothing before it counts."""
        self._views.clear()
        self._settle(structure, now_ns)

    def _all_at_once(self, structure: Structure, now_ns: int, jumped: bool) -> bool:
        """Whether the scene gave way to another without a pause in between."""
        if any(alike(view, structure) for view in self._views):
            return self._settle(structure, now_ns)
        stayed = self._stayed(structure, now_ns)
        if stayed and jumped:
            self.begin_anew(structure, now_ns)
            return True
        if stayed or self._other is None:  # it went on changing: somebody moves
            self._settle(structure, now_ns)
        return False

    def _other_than_before(
        self, known: Structure, structure: Structure, now_ns: int, back_for_ns: int
    ) -> bool:
        """Whether, after an absence, it came to rest on a scene that was never seen."""
        before = (known, *self._views)
        if any(alike(one, structure, _HARDLY_ALIKE) for one in before):
            return self._settle(structure, now_ns)
        if self._stayed(structure, now_ns):
            busy = all(map(_busy, (*before, structure)))
            self.begin_anew(structure, now_ns)
            return busy
        if back_for_ns > _COMES_TO_REST_NS:
            return self._settle(structure, now_ns)
        return False

    def _stayed(self, structure: Structure, now_ns: int) -> bool:
        """Whether the scene that is not the known one has been there for a second."""
        if self._other is not None and alike(self._other, structure):
            return now_ns - self._other_ns >= _STAYS_NS
        if self._back_ns is not None or now_ns - self._known_ns <= _SUDDEN_NS:
            self._other, self._other_ns = structure, now_ns
        else:
            self._other = None
        return False

    def _settle(self, structure: Structure, now_ns: int) -> bool:
        self._known, self._known_ns = structure, now_ns
        self._other = self._back_ns = None
        if not self._views or now_ns - self._viewed_ns >= _VIEW_EVERY_NS:
            self._views.append(structure)
            self._viewed_ns = now_ns
        return False


def structure_of(small: NDArray[np.float32]) -> Structure:
    """The structure of a small grey picture."""
    fine = cv2.GaussianBlur(small, (0, 0), _FINE_CELLS)
    light = cv2.GaussianBlur(fine, (0, 0), _COARSE_CELLS)
    return np.clip((fine - light) / (light + DARK_LEVELS), -_MOST, _MOST).astype(np.float32)


def alike(one: Structure, other: Structure, least: float = _ALIKE) -> bool:
    """Whether two pictures may show the same scene, where it was or elsewhere in the picture.

    ``least`` is how well two regions have to agree; less is needed where more may have changed.
    """
    height, width = np.minimum(one.shape, other.shape)
    one, other = middle_of(one, height, width), middle_of(other, height, width)
    agreeing = np.count_nonzero(_agreements(one, other) >= least)
    if agreeing >= _ALIKE_REGIONS or _moved(one, other):
        return True
    return max(framed(one, other), framed(other, one)) >= _BEYOND_DOUBT


def _agreements(one: Structure, other: Structure) -> Structure:
    """The correlation of each region; 0 where neither of the two has structure."""
    ones, others = _by_region(one * one), _by_region(other * other)
    agreements = _by_region(one * other) / np.sqrt(np.maximum(ones * others, _TINY))
    return np.where(np.maximum(ones, others) >= _PLAIN**2, agreements, 0)


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


def framed(wide: Structure, near: Structure) -> float:
    """How well the one is found in the other, smaller: a camera may frame its user by itself."""
    height, width = wide.shape
    wide, best = np.ascontiguousarray(wide), 0.0
    for zoom in _ZOOMS:
        size = (round(width / zoom), round(height / zoom))
        small = cv2.resize(near, size, interpolation=cv2.INTER_AREA)
        if float(np.mean(small * small)) >= _PLAIN**2:
            match = cv2.matchTemplate(wide, small, cv2.TM_CCOEFF_NORMED)
            best = max(best, float(match.max()))
    return best


def _busy(structure: Structure) -> bool:
    return _regions_with_structure(structure) >= _BUSY_REGIONS


def _regions_with_structure(structure: Structure) -> int:
    return int(np.count_nonzero(_by_region(structure * structure) >= _PLAIN**2))


def _by_region(values: Structure) -> Structure:
    """The mean of each of 4 x 4 regions."""
    size = (_REGIONS, _REGIONS)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)


def middle_of(cells: NDArray[Level], height: int, width: int) -> NDArray[Level]:
    """So many cells around the middle of a small picture."""
    top, left = (cells.shape[0] - height) // 2, (cells.shape[1] - width) // 2
    return cells[top : top + height, left : left + width]
