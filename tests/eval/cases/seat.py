"""The candidate's seat: empty for a while, half left, taken by somebody else, or moved."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from proctor_desktop.vision.analyst import AGAIN_S
from tests.eval.case import Case, Expected
from tests.eval.cases.scene import (
    BLUE_MEN,
    LEFT_OF_PICTURE,
    MAY_LOOK_AWAY,
    RIGHT_OF_PICTURE,
    SEAT,
    at_bottom,
    blue_man,
    empty_room,
    man_in_room,
)
from tests.eval.footage.film import Film, grain
from tests.eval.footage.overlay import Place, excursion, layer, moves

MOVES_S = 10.0
"""When the candidate begins to sit differently, if they do."""

_LEAVES_S = 4.0
_RESETTLED_S = 92.0
_FOR_GOOD_S = 999.0
_ON_THE_WAY = frozenset({"outside_zone", "low_confidence"})
_LIKE_ANOTHER = frozenset(
    {
        "face_missing",
        "outside_zone",
        "head_turned",
        "looking_away",
        "eyes_closed",
        "spoof_suspected",
    }
)
"""What somebody may do who was not calibrated and has to sit down first."""


def absences(media: Path) -> Iterator[Case]:
    """Nobody in the seat, once for a shorter time than the rule allows."""
    ways = {
        "walks out to the left": LEFT_OF_PICTURE,
        "walks out to the right": RIGHT_OF_PICTURE,
        "ducks under the desk": Place(320, 760, 440),
    }
    for name, away in ways.items():
        yield Case(
            f"leaves: {name}",
            "the candidate is gone for nine seconds and comes back",
            20,
            partial(_away, media, away, 14),
            must=(Expected("face_missing", 4.9, 14.2),),
            may=_ON_THE_WAY,
        )
    yield Case(
        "leaves: briefly",
        "gone for three seconds, which the rule allows",
        14,
        partial(_away, media, LEFT_OF_PICTURE, 8),
        may=_ON_THE_WAY,
    )


def off_centre(media: Path) -> Iterator[Case]:
    """The seat half left."""
    for side, x in (("left", 75), ("right", 565)):
        yield Case(
            f"outside the zone: {side}",
            "the candidate sits at the picture's edge for four seconds",
            14,
            partial(_away, media, at_bottom(x, 440), 9),
            must=(Expected("outside_zone", 4.9, 9.1),),
            may=MAY_LOOK_AWAY,
        )


def _away(media: Path, there: Place, back_s: float) -> Film:
    path = excursion(SEAT, there, _LEAVES_S + 1, back_s)
    return grain(man_in_room(media, path))


def substitutes(media: Path) -> Iterator[Case]:
    """Another person in the seat."""
    for first, second in (BLUE_MEN, BLUE_MEN[::-1]):
        yield Case(
            f"another person: {second[5:11]} for {first[5:11]}",
            "the candidate leaves and somebody else sits down in the same place",
            75,
            partial(_exchanged, media, first, second),
            must=(Expected("identity_mismatch", 7.0, 75.0, 7.0 + 2 * AGAIN_S),),
            may=_LIKE_ANOTHER,
        )


def _exchanged(media: Path, first: str, second: str) -> Film:
    leaving = moves((-99, SEAT), (_LEAVES_S, SEAT), (_LEAVES_S + 1, LEFT_OF_PICTURE))
    coming = moves((6, RIGHT_OF_PICTURE), (7, SEAT), (999, SEAT))
    one = layer(empty_room(media), blue_man(media, first), leaving)
    return grain(layer(one, blue_man(media, second), coming))


def seats(media: Path) -> tuple[Case, ...]:
    """All ways to sit differently: :func:`resettled` and :func:`leaning`."""
    return (*resettled(media), *leaning(media))


def resettled(media: Path) -> Iterator[Case]:
    """The seat moved for good: the candidate is to be told, after a minute or a little more."""
    ways = {
        "to the left": at_bottom(190, 440),
        "to the right": at_bottom(450, 440),
        "nearer": at_bottom(320, 640),
        "further away": at_bottom(320, 300),
    }
    for name, there in ways.items():
        yield _moved(media, f"sits differently: {name}", there, _FOR_GOOD_S)


def leaning(media: Path) -> Iterator[Case]:
    """What is no other seat: the candidate is to be told nothing."""
    yield _moved(media, "leans forward for half a minute", at_bottom(320, 640), MOVES_S + 30)
    yield _moved(media, "leans back a little for good", at_bottom(320, 400), _FOR_GOOD_S)
    yield _moved(media, "sits a little aside for good", at_bottom(365, 440), _FOR_GOOD_S)


def _moved(media: Path, name: str, there: Place, back_s: float) -> Case:
    path = excursion(SEAT, there, MOVES_S, back_s)
    return Case(
        name,
        "the same man, who looks ahead all the time",
        _RESETTLED_S,
        lambda: grain(man_in_room(media, path)),
    )
