"""Both eyes as the face mesh shows them, and whether they are closed or only cast down.

Everything is measured in the scale of the face itself (millimetres of a face whose eyes are
``EYES_APART_MM`` apart) and compared with the same person's open eyes at calibration, so that
narrow eyes, glasses or a seat further away make no difference.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.core.moment import Moment
from proctor_desktop.vision.geometry import Angles, Mesh, Rotation, camera_points
from proctor_desktop.vision.stored import exact_fields, numbers

EYES_APART_MM = 63.0
"""Between the middles of the two eyes, in grown-ups on average; only a unit here."""

WIDEST = 2.0
"""No eye opens wider than this share of its usual opening; beyond it the mesh has slipped."""

LIDS_LOW = 0.6
"""Openness below which the lids hang low enough to ask why."""

LOWER_LID_RISES_MM = 0.5
"""Closing eyes meet in the middle: the lower lid comes up by 1 to 2 mm (seen in five people's
blinks). Under eyes that are cast down it stays where it is, or goes down with them."""

HEAD_DOWN_DEG = 18.0
HEAD_ASIDE_DEG = 30.0
"""With the head that far down or aside the camera sees too little of the lids, and nobody can
tell."""

MAJORITY_S = 0.5

_LEAST_OPEN = 0.05
_BOTH_OPEN = 0.1
"""Open eyes are wider than this share of their width, the mean of both (0.11 at least in fifty
photographs of people, most above 0.17). Most shut ones are not; a slit of 0.1 to 0.13 has been seen
in dim light, and narrow eyes must not be refused."""

_OPEN_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class _Points:
    """Where one eye is in the mesh."""

    outer: int
    inner: int
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    iris: int


_LEFT = _Points(263, 362, (387, 386, 385), (373, 374, 380), 473)
_RIGHT = _Points(33, 133, (160, 159, 158), (144, 145, 153), 468)


@dataclass(frozen=True, slots=True)
class EyeShape:
    """One eye. Lengths are in millimetres from the middle between its corners.

    ``aspect`` is its opening as a share of its width. ``iris_left_mm`` (to the candidate's own
    left) and ``iris_up_mm`` are as the camera sees them; ``upper_mm`` and ``lower_mm``, the lids,
    are upwards in the head. ``width_mm`` is the width as the camera sees it.
    """

    aspect: float
    iris_left_mm: float
    iris_up_mm: float
    upper_mm: float
    lower_mm: float
    width_mm: float

    @property
    def lids_mm(self) -> float:
        """How high the middle between the lids lies."""
        return (self.upper_mm + self.lower_mm) / 2


_SHAPE_FIELDS = tuple(one.name for one in fields(EyeShape))


@dataclass(frozen=True, slots=True)
class Eyes:
    """Both eyes of one face, the candidate's own left and right, and the face's scale."""

    left: EyeShape
    right: EyeShape
    px_per_mm: float

    def to_json(self) -> dict[str, Any]:
        """What the ``calibration`` record holds; :meth:`from_json` gives back an equal object."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Any) -> Self:
        """The inverse of :meth:`to_json`; raises ValueError for anything else."""
        what = "a pair of eyes"
        sides = exact_fields(body, ("left", "right", "px_per_mm"), what)
        left, right = (
            EyeShape(**numbers(sides[side], _SHAPE_FIELDS, what)) for side in ("left", "right")
        )
        scale = numbers({"px_per_mm": sides["px_per_mm"]}, ("px_per_mm",), what)["px_per_mm"]
        if not _are_open(left, right) or scale <= 0:
            raise ValueError(f"not {what}: they are not open")
        return cls(left, right, scale)


def eyes_of(
    mesh: Mesh, turn: Rotation, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX
) -> Eyes | None:
    """The eyes of a face that is turned by ``turn``; None where the mesh has no room for eyes."""
    camera = camera_points(mesh, width_px, height_px)
    apart_px = float(np.linalg.norm(_middle(camera, _LEFT) - _middle(camera, _RIGHT)))
    scale = apart_px / EYES_APART_MM
    if not np.isfinite(scale) or scale <= 0:
        return None
    head = camera @ turn
    return Eyes(
        _shape(camera / scale, head / scale, _LEFT),
        _shape(camera / scale, head / scale, _RIGHT),
        scale,
    )


def _middle(points: NDArray[np.float64], eye: _Points) -> NDArray[np.float64]:
    return np.asarray((points[eye.outer] + points[eye.inner]) / 2)


def _shape(camera: NDArray[np.float64], head: NDArray[np.float64], eye: _Points) -> EyeShape:
    iris = camera[eye.iris] - _middle(camera, eye)
    level = _middle(head, eye)[1]
    upper = float(head[list(eye.upper), 1].mean() - level)
    lower = float(head[list(eye.lower), 1].mean() - level)
    width = max(1e-6, float(np.linalg.norm((head[eye.outer] - head[eye.inner])[:2])))
    seen = float(np.linalg.norm((camera[eye.outer] - camera[eye.inner])[:2]))
    return EyeShape((upper - lower) / width, float(iris[0]), float(iris[1]), upper, lower, seen)


def usual_eyes(seen: Sequence[Eyes]) -> Eyes | None:
    """A person's own open eyes: the median over the moments in which they were open.

    None if these are no open eyes at all. Raises ValueError for an empty sequence.
    """
    scale = round(float(np.median([eyes.px_per_mm for eyes in seen])), 4)
    left, right = _usual([e.left for e in seen]), _usual([e.right for e in seen])
    if not _are_open(left, right) or scale <= 0:
        return None
    return Eyes(left, right, scale)


def _are_open(left: EyeShape, right: EyeShape) -> bool:
    both = (left.aspect + right.aspect) / 2
    return min(left.aspect, right.aspect) >= _LEAST_OPEN and both >= _BOTH_OPEN


def _usual(shapes: Sequence[EyeShape]) -> EyeShape:
    table = np.array([[getattr(shape, name) for name in _SHAPE_FIELDS] for shape in shapes])
    wide = float(np.quantile(table[:, 0], 0.9))
    usual = np.median(table[table[:, 0] >= _OPEN_SHARE * wide], axis=0) if wide > 0 else table[0]
    return EyeShape(*(round(float(value), 4) for value in usual))


def openness(now: Eyes, usual: Eyes) -> tuple[float, float]:
    """How far the left and the right eye are open, as a share of their usual opening."""
    return (
        min(WIDEST, max(0.0, now.left.aspect / usual.left.aspect)),
        min(WIDEST, max(0.0, now.right.aspect / usual.right.aspect)),
    )


def cast_down(now: Eyes, usual: Eyes, head: Angles) -> bool:
    """Whether low lids are low because the gaze is, or may be; ``head`` is relative to neutral."""
    if head.pitch_deg < -HEAD_DOWN_DEG or abs(head.yaw_deg) > HEAD_ASIDE_DEG:
        return True
    if sum(openness(now, usual)) / 2 >= LIDS_LOW:
        return False
    risen = now.left.lower_mm - usual.left.lower_mm, now.right.lower_mm - usual.right.lower_mm
    return sum(risen) / 2 < LOWER_LID_RISES_MM


class CastDown:
    """The same over the last half second: what most of its pictures say."""

    def __init__(self) -> None:
        self._said: deque[tuple[Moment, bool]] = deque()

    def add(self, moment: Moment, down: bool) -> bool:
        """Take one picture's answer, give that of the majority; a tie goes to the newest."""
        self._said.append((moment, down))
        while moment.since_s(self._said[0][0]) > MAJORITY_S:
            self._said.popleft()
        votes = sum(1 if answer else -1 for _, answer in self._said)
        return down if votes == 0 else votes > 0
