"""Which output row of the attention mesh ends up as which of the 478 landmarks.

The model gives a coarse mesh of 468 points and, beside it, better positions for the lips, the
eyes and the irises. The tables say which landmark each of those refined rows belongs to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem

MESH_POINTS = 468
LANDMARKS = 478
CONTOUR_POINTS = 16
"""How many leading rows of an eye are its contour; an iris takes its depth from them."""

REGIONS = {"lips": 80, "left_eye": 71, "right_eye": 71, "left_iris": 5, "right_iris": 5}
"""Refined outputs in the order in which they follow the mesh, with their number of points."""


@dataclass(frozen=True)
class MeshRows:
    """The landmark numbers that the rows of each refined output stand for."""

    lips: tuple[int, ...]
    left_eye: tuple[int, ...]
    right_eye: tuple[int, ...]
    left_iris: tuple[int, ...]
    right_iris: tuple[int, ...]

    def xy_rows(self) -> list[int]:
        """For each landmark its row in mesh + lips + eyes + irises stacked: refined if it can."""
        rows = list(range(MESH_POINTS)) + [0] * (LANDMARKS - MESH_POINTS)
        refined = chain.from_iterable(getattr(self, region) for region in REGIONS)
        for row, landmark in enumerate(refined, start=MESH_POINTS):
            rows[landmark] = row
        return rows

    def z_rows(self) -> list[int]:
        """For each landmark its row in mesh + mean left eye + mean right eye stacked."""
        left, right = MESH_POINTS, MESH_POINTS + 1
        return [
            *range(MESH_POINTS),
            *[left] * REGIONS["left_iris"],
            *[right] * REGIONS["right_iris"],
        ]

    def contour(self, eye: str) -> tuple[int, ...]:
        """The mesh points around ``left_eye`` or ``right_eye`` whose mean depth its iris takes."""
        points: tuple[int, ...] = getattr(self, eye)
        return points[:CONTOUR_POINTS]


def load(path: Path | None = None) -> MeshRows:
    """Read the tables, by default the program's own, and refuse any that cannot be right."""
    found = path or resource("weights", "attention_mesh_indices.json")
    try:
        tables = json.loads(found.read_text(encoding="utf-8"))
        rows = MeshRows(**{region: tuple(map(int, tables[region])) for region in REGIONS})
        _check(rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EnvironmentProblem(
            str(found), f"its index tables cannot be used ({error!r})", "Install the program again."
        ) from error
    return rows


def _check(rows: MeshRows) -> None:
    for region, count in REGIONS.items():
        if len(getattr(rows, region)) != count:
            raise ValueError(f"{region} needs {count} points")
    named = list(chain.from_iterable(getattr(rows, region) for region in REGIONS))
    if len(set(named)) != len(named) or not set(named) <= set(range(LANDMARKS)):
        raise ValueError("a landmark is named twice or is out of range")
    if set(rows.left_iris + rows.right_iris) != set(range(MESH_POINTS, LANDMARKS)):
        raise ValueError("the irises must be the landmarks that follow the mesh")
