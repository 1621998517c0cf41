"""Pictures of faces: a print instead of a person, a photo held up, a poster on the wall."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from proctor_desktop.sources.picture import Image
from tests.eval.case import Case, Expected
from tests.eval.cases.scene import MAY_LOOK_AWAY, man_at_desk
from tests.eval.footage.clips import camera_view, photograph
from tests.eval.footage.cutout import framed
from tests.eval.footage.film import Film, grain, sway
from tests.eval.footage.overlay import Place, layer, stays

_WHITE, _BLACK, _FRAME = (245, 245, 245), (12, 12, 12), (20, 20, 20)
_HUNG = Place(545, 150, 230)
_HELD_UP = frozenset(
    {
        "multiple_faces",
        "pictured_face",
        "suspicious_object",
        "outside_zone",
        "camera_changed",
        "looking_away",
    }
)


def photos_for_faces(media: Path) -> Iterator[Case]:
    """A picture in the candidate's place, from the start or after a while."""
    fake = media / "antispoof" / "silentface_image_F1.jpg"
    yield Case(
        "photo: a poster filmed",
        "a print in place of a person the whole time; the only labelled print of the media",
        24,
        partial(_filmed, fake),
        must=(Expected("spoof_suspected", 0.0, 24.0),),
        may=frozenset({"head_turned", "looking_away", "pictured_face", "outside_zone"}),
    )
    for name, edge in (("a print with a white edge", _WHITE), ("a tablet", _BLACK)):
        yield Case(
            f"photo: {name}",
            "the candidate's own photo, twelve seconds old, held before the face",
            30,
            partial(_held_photo, media, edge),
            must=(Expected("spoof_suspected", 5.0, 24.0),),
            may=_HELD_UP,
        )


def _filmed(print_: Path) -> Film:
    image = camera_view(print_)
    return grain(sway(lambda _: image, 6.0))


def _held_photo(media: Path, edge: tuple[int, int, int]) -> Film:
    man = man_at_desk(media)
    photo = framed(_reproduced(man(0.0)[110:470, 180:480]), 14, edge)
    return grain(layer(man, [photo], _in_the_hand))


def _in_the_hand(time_s: float) -> Place | None:
    """Comes up from below, and trembles from 5 s to 24 s."""
    if not 4 <= time_s <= 24:
        return None
    rise = max(0.0, 5 - time_s) * 400
    x, y = 330 + 4 * math.sin(1.9 * time_s), 280 + 3 * math.sin(1.3 * time_s)
    return Place(x, y + rise, 400, 3 * math.sin(0.9 * time_s))


def _reproduced(image: Image) -> Image:
    """A little flat, soft and bluish, with the lines of a raster, as prints and screens are."""
    rows, columns = np.indices(image.shape[:2], np.float32)
    raster = 5 * np.sin(rows * 2.2) * np.sin(columns * 2.2) + 6 * (columns / image.shape[1])
    soft = cv2.GaussianBlur(image, (0, 0), 1.0).astype(np.float32)
    flat = 38 + 0.75 * soft * np.array((0.95, 1.0, 1.08), np.float32) + raster[:, :, None]
    return np.asarray(np.clip(flat, 0, 255), np.uint8)


def posters(media: Path) -> Iterator[Case]:
    """A portrait beside the candidate, which is nobody."""
    for name, file in (("woman", "src_portrait1.jpg"), ("man", "src_man3.jpg")):
        yield Case(
            f"poster on the wall: {name}",
            "a portrait hangs beside the candidate from the start and never moves",
            30,
            partial(_hung, media, media / "images" / "uniface" / file),
            must=(Expected("pictured_face", 0.0, 30.0),),
            may=MAY_LOOK_AWAY,
            calm_s=12.0,
        )


def _hung(media: Path, portrait: Path) -> Film:
    poster = framed(photograph(portrait), 40, _FRAME)
    return grain(layer(man_at_desk(media), [poster], stays(_HUNG)))
