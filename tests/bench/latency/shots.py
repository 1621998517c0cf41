"""A film, picture by picture, each with what it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.sources.picture import Image
from tests.fakes.footage import write_film

SHOT_S = 1 / FRAMES_PER_S
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture, which is drawn when it is wanted, and the rules whose matter it shows."""

    take: Callable[[], Image]
    shows: frozenset[str] = NOTHING


def shoot(path: Path, shots: Sequence[Shot]) -> Path:
    """The shots as a video in which each lasts as long as the camera takes for a picture."""
    return write_film(path, ((SHOT_S, [shot.take()]) for shot in shots))
