"""Pictures of faces: a print instead of a person, a photo held up, a poster on the wall."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from proctor_desktop.sources.picture import Image
from tests.eval.case import Case, Expected
from tests.eval.cases.scene import MAY_LOOK_AWAY, man_at_desk
from tests.eval.footage.clips import camera_view, photograph
from tests.eval.footage.cutout import framed
from tests.eval.footage.film import Film, grain, sway, treated
from tests.eval.footage.overlay import Place, layer, stays
from tests.eval.footage.treatment import Treatment, blurred, jpeg_20

_WHITE, _BLACK, _FRAME = (245, 245, 245), (12, 12, 12), (20, 20, 20)
_HUNG = Place(545, 150, 230)
_WORSE: dict[str, Treatment] = {
    "a third of the light": lambda image: np.asarray(image * 0.3 + 0.5, np.uint8),
    "JPEG 20": jpeg_20,
    "blurred": lambda image: blurred(image, 2.0),
}
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
    """A portrait beside the candidate, which is nobody; also in worse pictures, and on a shirt."""
    portraits = media / "images" / "uniface"
    for name, file in (("woman", "src_portrait1.jpg"), ("man", "src_man3.jpg")):
        yield _poster(f"on the wall: {name}", partial(_hung, media, portraits / file))
    for name, treat in _WORSE.items():
        build = partial(_seen_badly, media, portraits / "src_portrait1.jpg", treat)
        yield _poster(f"on the wall: woman, {name}", build)
    yield _poster("on a shirt", partial(_worn, media, portraits / "src_man3.jpg"))


def _poster(where: str, build: Callable[[], Film]) -> Case:
    return Case(
        f"poster {where}",
        "a portrait is beside the candidate from the start, and nothing in it ever moves",
        30,
        build,
        must=(Expected("pictured_face", 0.0, 30.0),),
        may=MAY_LOOK_AWAY | {"low_confidence"},
        calm_s=14.0,
    )


def _hung(media: Path, portrait: Path) -> Film:
    poster = framed(photograph(portrait), 40, _FRAME)
    return grain(layer(man_at_desk(media), [poster], stays(_HUNG)))


def _seen_badly(media: Path, portrait: Path, treat: Treatment) -> Film:
    return treated(_hung(media, portrait), treat)


def _worn(media: Path, portrait: Path) -> Film:
    photo = photograph(portrait)
    share = 2 * _HUNG.height / photo.shape[0]  # or its pixels would be picked as it moves
    small = cv2.resize(photo, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    poster = framed(np.asarray(small, np.uint8), 20, _FRAME)
    return grain(layer(man_at_desk(media), [poster], _breathing))


def _breathing(time_s: float) -> Place:
    """Never quite still, as whoever wears it."""
    x, y = _HUNG.x + 4 * math.sin(0.9 * time_s), _HUNG.y + 3 * math.sin(1.5 * time_s)
    return Place(x, y, _HUNG.height * (1 + 0.01 * math.sin(1.5 * time_s)), math.sin(0.7 * time_s))
