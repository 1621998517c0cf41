"""The screen in terms of a gaze: a direction, the edges, and how far a look is beyond them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import hypot
from typing import Any, Final, Self

from proctor_desktop.vision.stored import numbers


@dataclass(frozen=True, slots=True)
class Look:
    """One momentary gaze, in degrees from the screen's middle; left (own) and up are positive."""

    horizontal_deg: float
    vertical_deg: float


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen's edges as gaze angles, as they were measured; left and top are the larger ones.

    A look is inside up to these edges, and up to LEAST of each in any case.
    """

    left_deg: float
    right_deg: float
    top_deg: float
    bottom_deg: float

    def outside_deg(self, look: Look, nearness: float = 1.0) -> float:
        """How far ``look`` is beyond the nearest edge, 0 on the screen.

        ``nearness``: how many times nearer the face is than at calibration, at least 1; the screen
        is as much wider for it.
        """
        beyond = self._beyond(look, nearness)
        aside, over = max(beyond["left"], beyond["right"]), max(beyond["top"], beyond["bottom"])
        return hypot(max(0.0, aside), max(0.0, over))

    def edge(self, look: Look, nearness: float = 1.0) -> str:
        """The edge that ``look`` is furthest beyond; empty on the screen."""
        beyond = self._beyond(look, nearness)
        furthest = max(beyond, key=lambda edge: beyond[edge])
        return furthest if beyond[furthest] > 0 else ""

    def _beyond(self, look: Look, nearness: float) -> dict[str, float]:
        """How far beyond each edge, in degrees; less than 0 on its inner side."""
        across, up = look.horizontal_deg, look.vertical_deg
        return {
            "left": across - max(self.left_deg, LEAST.left_deg) * nearness,
            "right": min(self.right_deg, LEAST.right_deg) * nearness - across,
            "top": up - max(self.top_deg, LEAST.top_deg) * nearness,
            "bottom": min(self.bottom_deg, LEAST.bottom_deg) * nearness - up,
        }

    def at(self, x: float, y: float) -> Look:
        """The gaze that belongs to a point in fractions of the screen, origin top left."""
        return Look(
            self.left_deg + (self.right_deg - self.left_deg) * x,
            self.top_deg + (self.bottom_deg - self.top_deg) * y,
        )

    def to_json(self) -> dict[str, float]:
        """What the ``calibration`` record holds; :meth:`from_json` gives back an equal object."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Any) -> Self:
        """The inverse of :meth:`to_json`; raises ValueError for anything else."""
        edges = cls(
            **numbers(body, ("left_deg", "right_deg", "top_deg", "bottom_deg"), "a screen's edges")
        )
        if edges.left_deg <= edges.right_deg or edges.top_deg <= edges.bottom_deg:
            raise ValueError("not a screen's edges: they lie on the wrong sides")
        return edges


LEAST: Final = Screen(6.0, -6.0, 8.0, -12.0)
"""No screen is smaller than this to the rule, whatever the corners gave: lids and brows move up and
down by as much while people read and type."""

ASSUMED_SCREEN: Final = Screen(12.0, -12.0, 15.0, -20.0)
"""Without calibrated corners: a 14-inch laptop at arm's length. With the rule's own margin of 5
degrees a look is away from 17 degrees on. That is inside the edges (22 degrees) of a 24-inch
monitor at 65 cm: whoever has one should calibrate the corners. Upwards and downwards there is more
room, because lids and brows move for many reasons, and because a keyboard is looked at."""

ASSUMED_ERROR_DEG: Final = 10.0
"""How far the edges of a real screen, up to that 24-inch monitor, may lie from the assumed ones."""
