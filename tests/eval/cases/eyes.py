"""Eyes that look aside, are closed, or are cast down, while the head stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.eval.case import Case, Expected
from tests.eval.cases.scene import MAY_LOOK_AWAY
from tests.eval.footage.clips import clip, moments
from tests.eval.footage.film import Film, grain, loop, sway, then, treated
from tests.eval.footage.treatment import far_away, mirrored


@dataclass(frozen=True, slots=True)
class _Held:
    """Moments of a clip that are held for four seconds; its first ``calm_s`` are around them.

    ``close``: the face is too large to be calibrated, and is set further away.
    """

    file: str
    times_s: tuple[float, ...]
    calm_s: float
    close: bool = False

    def film(self, media: Path) -> Film:
        path = media / "videos" / self.file
        calmly = loop(clip(path, 0.0, self.calm_s))
        film = sway(then((-99, calmly), (4, loop(moments(path, self.times_s))), (8, calmly)))
        return grain(treated(film, far_away) if self.close else film)


_CLOSED = {
    "glasses": _Held("liveportrait_d9.mp4", (12.72, 12.76, 12.8, 12.84, 12.88), 0.3),
    "a large face": _Held("pushto_blinking_4.mp4", (8.96, 9.0, 9.04), 1.5, close=True),
    "before a blue wall": _Held("grid_bbaf2n.mpg", (2.08, 2.12), 0.8),
}
_CAST_DOWN = _Held("liveportrait_d3.mp4", (3.76, 3.84, 3.92, 4.0, 4.08, 4.16, 4.24), 0.25)
"""Labelled as closed; looked at closely a slit is open and the eyes are on the desk."""


def glances(media: Path) -> Iterator[Case]:
    """To one side and, mirrored, to the other."""
    path = media / "videos" / "proctoringai_center_left_center.mp4"
    films: dict[str, Callable[[], Film]] = {
        "one side": partial(_aside, path),
        "the other side, mirrored": lambda: treated(_aside(path), mirrored),
    }
    for name, build in films.items():
        yield Case(
            f"eyes only: {name}",
            "only the eyes go aside, for nine seconds; the head stays",
            18,
            build,
            must=(Expected("looking_away", 4.0, 13.0),),
        )


def _aside(path: Path) -> Film:
    there, aside = loop(clip(path, 0.0, 5.0)), loop(clip(path, 6.0, 10.0))
    return grain(then((-99, there), (4, aside), (13, loop(clip(path, 10.75, 15.0)))))


def closed_eyes(media: Path) -> Iterator[Case]:
    """Three people who close their eyes."""
    for name, held in _CLOSED.items():
        yield Case(
            f"eyes closed: {name}",
            "a moment of closed eyes, held for four seconds with the camera's noise and a sway",
            13,
            partial(held.film, media),
            must=(Expected("eyes_closed", 4.0, 8.0),),
            may=MAY_LOOK_AWAY | {"spoof_suspected", "camera_changed"},
        )


def cast_down_eyes(media: Path) -> Iterator[Case]:
    """One who looks at the desk."""
    yield Case(
        "eyes cast down: woman",
        "lids low and head bent for four seconds; closed or looking down, either can be said",
        13,
        partial(_CAST_DOWN.film, media),
        may=frozenset({"eyes_closed"}),
    )
