"""Phones, a book, a laptop and a screen that come up from below the picture's edge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.eval.case import Case, Expected
from tests.eval.cases.scene import MAY_LOOK_AWAY, man_at_desk
from tests.eval.footage.cutout import cut
from tests.eval.footage.film import Film, grain
from tests.eval.footage.overlay import Patch, Place, Where, layer, moves

_PHONE_FILE = "000000001296.jpg"
_PHONE = (
    (301, 150),
    (308, 145),
    (362, 148),
    (370, 152),
    (372, 214),
    (384, 222),
    (386, 285),
    (412, 390),
    (410, 425),
    (350, 432),
    (338, 300),
    (296, 285),
    (282, 262),
    (286, 232),
    (298, 222),
)
_PHONE_SHARE_OF_CUT = 135 / 287
"""The phone alone is so much of the height of the hand that holds it."""
_PHONE_ASPECT = 71 / 135
_PHONE_SHARES = (0.04, 0.06, 0.08)

_THINGS = {
    "laptop beside": ("000000001503.jpg", ((2, 99), (126, 236)), Place(560, 370, 220)),
    "second screen beside": ("000000000643.jpg", ((105, 169), (316, 368)), Place(512, 330, 220)),
    "book held up": ("000000000127.jpg", ((257, 194), (386, 286)), Place(320, 400, 170)),
}


def raised_objects(media: Path) -> Iterator[Case]:
    """Phones of three sizes on either side, and what is larger."""
    coco = media / "images" / "coco128"
    for share in _PHONE_SHARES:
        height = (share * 640 * 480 / _PHONE_ASPECT) ** 0.5 / _PHONE_SHARE_OF_CUT
        for side, x in (("left", 150), ("right", 520)):
            up, down = Place(x, 470 - height * 0.35, height), Place(x, 480 + height, height)
            yield _raised(
                f"phone, {share:.0%} of the picture, {side}",
                media,
                partial(cut, coco / _PHONE_FILE, _PHONE),
                _up_and_down(up, down),
            )
    for name, (file, outline, up) in _THINGS.items():
        yield _raised(
            name,
            media,
            partial(cut, coco / file, outline),
            _up_and_down(up, Place(up.x, 620, up.height)),
        )


def _raised(name: str, media: Path, thing: Callable[[], Patch], where: Where) -> Case:
    def film() -> Film:
        return grain(layer(man_at_desk(media), [thing()], where))

    return Case(
        f"object: {name}",
        "it comes up from below, is held there for eight seconds and goes",
        18,
        film,
        must=(Expected("suspicious_object", 4.0, 12.0),),
        may=MAY_LOOK_AWAY,
    )


def _up_and_down(up: Place, down: Place) -> Where:
    """Held up from 4 s to 12 s, by a hand that is not quite still."""
    return moves(
        (3, down), (4, up), (8, Place(up.x + 6, up.y - 4, up.height)), (12, up), (13, down)
    )
