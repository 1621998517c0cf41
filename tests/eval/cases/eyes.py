"""Eyes that look aside, are closed, or are cast down, while the head stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from proctor_desktop.core.frame import FRAMES_PER_S
from tests.eval.case import Case, Expected
from tests.eval.cases.scene import MAY_LOOK_AWAY
from tests.eval.footage.clips import clip, moments
from tests.eval.footage.film import Film, grain, loop, sway, then, treated
from tests.eval.footage.treatment import far_away, mirrored
from tests.eval.labelled_eyes import ACTRESS_CAST_DOWN, ACTRESS_SHUT


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


def _actress(first: int, last: int) -> _Held:
    """Her labelled pictures; her first quarter of a second is the calm around them."""
    times_s = tuple(number / FRAMES_PER_S for number in range(first, last + 1))
    return _Held("liveportrait_d3.mp4", times_s, 0.25)


_CLOSED |= {
    f"head bowed, {name}": _actress(*span)
    for name, span in zip(("once", "again", "more"), ACTRESS_SHUT, strict=True)
}


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
    """Four people who close their eyes; the last one also bows her head, the more the later."""
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
    """One who looks at the desk: nobody may take that for closed eyes."""
    yield Case(
        "eyes cast down: woman",
        "lids low for four seconds, the irises to be seen below them; the head is level",
        13,
        partial(_actress(*ACTRESS_CAST_DOWN).film, media),
        may=MAY_LOOK_AWAY,
    )
