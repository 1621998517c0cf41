"""A second person: beside the candidate, behind, small, dark-skinned, or half in the picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from tests.eval.case import Case, Expected
from tests.eval.cases.scene import (
    BLUE_MEN,
    MAY_LOOK_AWAY,
    SEAT,
    at_bottom,
    blue_man,
    child,
    empty_room,
    man_at_desk,
)
from tests.eval.footage.cutout import person_of
from tests.eval.footage.film import Film, grain
from tests.eval.footage.overlay import Patch, Place, Where, layer, moves, stays, visit

Who: TypeAlias = Callable[[], Sequence[Patch]]
"""Somebody, cut out only when the case is watched."""

_IN_S, _OUT_S = 5.0, 11.0


def second_people(media: Path) -> Iterator[Case]:
    """Everybody who comes beside the candidate."""
    man = partial(blue_man, media, BLUE_MEN[1])
    yield from _slides(media, man)
    yield _visitor(
        "behind the shoulder",
        "somebody comes up behind the candidate and looks over the shoulder",
        partial(_behind, media),
    )
    photos = media / "images" / "uniface"
    for name, file in (("dark-skinned man", "src_man2.jpg"), ("man with glasses", "src_man3.jpg")):
        yield _visitor(
            name,
            "a person of a photograph, cut out and never quite still, comes in from the right",
            partial(_beside, media, partial(_person, photos / file), _restless(545, 380)),
        )
    yield _visitor(
        "half in the picture",
        "a man leans in from the side; the picture's edge cuts his face down the middle",
        partial(_beside, media, man, _leaning_in()),
    )


def _slides(media: Path, man: Who) -> Iterator[Case]:
    small: Who = partial(child, media)
    slides = {
        "beside, right": (man, 360, 800, 540),
        "beside, as large": (man, 440, 830, 570),
        "far behind, small": (man, 190, 720, 560),
        "child, left": (small, 300, -120, 95),
        "child, small": (small, 180, -120, 90),
    }
    for name, (who, height, from_x, to_x) in slides.items():
        path = visit(at_bottom(from_x, height), at_bottom(to_x, height), _IN_S, 10.0)
        yield _visitor(
            name,
            "somebody slides in, stays for five seconds and leaves",
            partial(_beside, media, who, path),
            to_s=10.0,
        )


def _visitor(name: str, shows: str, build: Callable[[], Film], to_s: float = _OUT_S) -> Case:
    return Case(
        f"second person: {name}",
        shows,
        to_s + 4,
        build,
        must=(Expected("multiple_faces", _IN_S, to_s),),
        may=MAY_LOOK_AWAY,
    )


def _beside(media: Path, who: Who, where: Where) -> Film:
    return grain(layer(man_at_desk(media), who(), where))


def _person(photo: Path) -> tuple[Patch, ...]:
    return (person_of(photo),)


def _behind(media: Path) -> Film:
    path = visit(at_bottom(700, 330), at_bottom(500, 330), _IN_S, _OUT_S)
    behind = layer(empty_room(media), child(media), path)
    return grain(layer(behind, blue_man(media), stays(SEAT)))


def _leaning_in() -> Where:
    inside = at_bottom(625, 400)
    return moves((_IN_S - 1, at_bottom(860, 400)), (_IN_S, inside), (_OUT_S, inside))


def _restless(x: float, height: float) -> Where:
    """Comes in from the right, and moves a little all the time."""
    path = visit(at_bottom(x + 300, height), at_bottom(x, height), _IN_S, _OUT_S)

    def where(time_s: float) -> Place | None:
        place = path(time_s)
        if place is None:
            return None
        return Place(
            place.x + 4 * math.sin(2.3 * time_s),
            place.y + 3 + 3 * math.sin(1.7 * time_s),
            place.height * (1 + 0.02 * math.sin(1.3 * time_s)),
            2 * math.sin(1.9 * time_s),
        )

    return where
