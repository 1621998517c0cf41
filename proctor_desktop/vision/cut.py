"""Whether the whole picture was replaced between two pictures, person and room and all.

Scenes of bare walls have too little structure to be known by it. But no honest change does what a
cut does. Whoever moves leaves most of the picture as bright and as coloured as it was; light and
exposure change all of it and leave the outlines where they are; a camera that is moved shows the
same outlines elsewhere. After a cut all three are otherwise, from one tick to the next, and stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import HALF_TICK_NS
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.vision.scene import DARK_LEVELS, STAYS_S, framed, middle_of, structure_of

with importing_opencv():
    import cv2

Colours: TypeAlias = NDArray[np.uint8]
"""A small RGB picture of at most 60 x 80 cells, without the black that pads it to 4:3."""

_Field: TypeAlias = NDArray[np.float32]

_CHANGED_LEVELS, _CHANGED_SHARE = 2.0, 0.1
_REPLACED = 0.75
"""The share of the picture that changes: of another scene at least 0.79, of somebody who moves at
most 0.46 in a tick and 0.66 in half a second (test media)."""

_STILL_REPLACED, _CALM = 0.7, 0.5
_OUTLINES_STAY = 0.5
_MOVED = 0.75
"""As shares of how alike two pictures of either scene in a row are, the likeness of the outlines
before and after that makes them the same, where they were or elsewhere. Light changed on moving
people: at least 0.74 (test media); another scene with a face in the same place: up to 0.55. A
camera that was bumped: at least 0.83 elsewhere; another scene: nearly always less than 0.7."""

_DARKEST = 16.0
_LIGHT_RATIO = 3.0
_FINE_CELLS, _SMOOTH_CELLS = 0.8, 1.0
_STAYS_NS = round(STAYS_S * NS_PER_S) - HALF_TICK_NS
_GIVE_UP_NS = 3 * NS_PER_S
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class _Outlines:
    """Of a small picture: its structure, and how strongly and which way edges run in each cell.

    The way of an edge is doubled in angle, so that it is the same whichever side is the lighter: a
    lamp behind somebody turns that round.
    """

    structure: _Field
    edges: _Field
    light: float


class Cut:
    """Follows what comes after a tick in which the whole picture changed; used by one thread."""

    def __init__(self) -> None:
        self._before: list[Colours] = []
        self._after: list[Colours] = []
        self._first_ns = 0
        self._from_ns = 0

    @property
    def open(self) -> bool:
        """Whether it has to be waited for what comes."""
        return bool(self._before)

    @property
    def since_ns(self) -> int:
        """When the change began that is waited for, or that was told of last."""
        return self._first_ns

    def begin(self, before: Sequence[Colours], now_ns: int) -> None:
        """All has changed in this tick; ``before`` is how it looked so far, the newest last.

        If that happens again before the first change is judged, the two scenes to be compared are
        the one before the first and the one after the last: a hand that comes and goes is nothing.
        """
        if not self.open:
            self._before, self._first_ns = list(before), now_ns
        self._after.clear()
        self._from_ns = now_ns

    def forget(self) -> None:
        """There is nothing to be waited for any more."""
        self._before.clear()
        self._after.clear()

    def replaced(self, colours: Colours, now_ns: int) -> bool:
        """Take a picture since :meth:`begin`; True if another scene has stayed for a second."""
        self._after.append(colours)
        if now_ns - self._first_ns > _GIVE_UP_NS:
            self.forget()
            return False
        if now_ns - self._from_ns < _STAYS_NS or len(self._after) < 3:  # noqa: PLR2004
            return False
        before, after = self._before, self._after
        told = _another_scene(before, [*after[:2], after[len(after) // 2], after[-1]])
        self.forget()
        return told


def replaced_share(one: Colours, other: Colours) -> float:
    """The share of the picture that is of another brightness or colour, 0 to 1."""
    height, width = np.minimum(one.shape[:2], other.shape[:2])
    changes = _changes(middle_of(one, height, width), middle_of(other, height, width))
    return float(changes.any(axis=2).mean())


def grey_share(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The same for two small grey pictures, of which black padding does not count; quick."""
    lit = int(np.count_nonzero(cv2.max(one, other)))
    return int(np.count_nonzero(_changes(one, other))) / max(1, lit)


def _changes(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    needed = cv2.convertScaleAbs(cv2.max(one, other), alpha=_CHANGED_SHARE, beta=_CHANGED_LEVELS)
    return np.asarray(cv2.subtract(cv2.absdiff(one, other), needed), np.uint8)


def _another_scene(before: Sequence[Colours], after: Sequence[Colours]) -> bool:
    """Whether the last two of ``before`` and the first two of ``after`` are of two scenes.

    ``before`` begins with earlier pictures, and ``after`` ends with later ones. Where people moved
    in that very moment, the outlines of one scene differ from picture to picture as well; so the
    likeness of the two scenes is judged by that.
    """
    if not _abrupt(before[-2:], after[:2]):
        return False
    if any(replaced_share(one, after[-1]) < _STILL_REPLACED for one in before):
        return False  # something passed by
    then, now = [_outlines(one) for one in before[-2:]], [_outlines(one) for one in after]
    if not _comparable(then[-1].light, [one.light for one in now]):
        return False
    steady = min(_likeness(then[-1], then[0]), _likeness(now[0], now[1]))
    stayed = max(_likeness(a, b) for a in then for b in now)
    if stayed >= _OUTLINES_STAY * steady:
        return False
    moved = max(_elsewhere(then[-1], now[0]), _elsewhere(then[-1], now[-1]))
    return moved < _MOVED * steady


def _abrupt(before: Sequence[Colours], after: Sequence[Colours]) -> bool:
    """Whether all changed in one tick, and little in the ticks before and after it."""
    calm = max(replaced_share(*before), replaced_share(*after)) < _CALM
    return calm and replaced_share(before[-1], after[0]) >= _REPLACED


def _comparable(light: float, others: Sequence[float]) -> bool:
    """Whether no lamp was switched that could have lit all that was to be seen.

    In the dark, what a lamp or the screen lights is all that there is.
    """
    least, most = min(light, *others), max(light, *others)
    return least >= _DARKEST and most <= _LIGHT_RATIO * least


def _outlines(colours: Colours) -> _Outlines:
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY).astype(np.float32)
    shares = np.log(cv2.GaussianBlur(grey, (0, 0), _FINE_CELLS) + DARK_LEVELS)
    across, down = cv2.Sobel(shares, cv2.CV_32F, 1, 0), cv2.Sobel(shares, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down) + _TINY
    twice = np.dstack([(across**2 - down**2) / strength, 2 * across * down / strength])
    edges = np.asarray(cv2.GaussianBlur(twice, (0, 0), _SMOOTH_CELLS), np.float32)
    return _Outlines(structure_of(grey), edges, float(grey.mean()))


def _likeness(one: _Outlines, other: _Outlines) -> float:
    """How much the outlines are the same and in the same place: 1 all, about 0 none."""
    structure = _correlation(one.structure, other.structure)
    return (structure + _correlation(one.edges, other.edges)) / 2


def _correlation(one: _Field, other: _Field) -> float:
    height, width = np.minimum(one.shape[:2], other.shape[:2])
    a, b = middle_of(one, height, width), middle_of(other, height, width)
    norm = float(np.sqrt(np.sum(a * a) * np.sum(b * b)))
    return float(np.sum(a * b)) / max(_TINY, norm)


def _elsewhere(one: _Outlines, other: _Outlines) -> float:
    """How well a part of one picture is found anywhere in the other, or all of it, smaller."""
    height, width = (int(size) for size in np.minimum(one.structure.shape, other.structure.shape))
    whole = np.ascontiguousarray(middle_of(one.structure, height, width))
    view = np.ascontiguousarray(middle_of(other.structure, height, width))
    parts = [np.ascontiguousarray(view[rows, columns]) for rows, columns in _pieces(height, width)]
    scores = [cv2.matchTemplate(whole, part, cv2.TM_CCOEFF_NORMED) for part in parts]
    return max(*(float(score.max()) for score in scores), framed(whole, view), framed(view, whole))


def _pieces(height: int, width: int) -> list[tuple[slice, slice]]:
    high, wide = height // 2, width // 2
    down, right = height // 4, width // 4
    middle = slice(down, down + high), slice(right, right + wide)
    broad, tall = slice(width // 8, width - width // 8), slice(height // 8, height - height // 8)
    upper, lower = (slice(high), broad), (slice(height - high, height), broad)
    return [middle, upper, lower, (tall, slice(wide)), (tall, slice(width - wide, width))]
