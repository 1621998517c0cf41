"""Every two clips one after the other as a hard cut, and what looks a little like one.

Only the watch over the picture sees them, so a film of a few seconds takes a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import permutations
from pathlib import Path

import cv2
import numpy as np

from proctor_desktop.core.frame import FRAMES_PER_S, HEIGHT_PX, WIDTH_PX
from proctor_desktop.sources.picture import Image
from tests.eval.cases.cameras import cap, palm, taped
from tests.eval.cases.honest_clips import CLIPS, STRESS
from tests.eval.footage.clips import clip
from tests.eval.footage.film import Film, grain, loop, then, treated
from tests.eval.footage.treatment import Treatment, dimmed, lost_pictures

CUT_S = 3.0
OUTAGE_S = 3.0
_USED_S = CUT_S
_NUDGE_S = 0.25
_LATER_S = 2.0
_SHOTS_OF_ONE_MAN = {"proctoringai_center_focus.mp4", "proctoringai_center_left_center.mp4"}


@dataclass(frozen=True, slots=True)
class Cut:
    """A film for the watch over the picture alone; pictures in ``missed`` never come."""

    name: str
    film: Callable[[], Film]
    seconds: float = 2 * CUT_S
    missed: frozenset[int] = frozenset()

    def pictures(self) -> Iterator[tuple[int, float, Image]]:
        """Number, time and picture of each that comes."""
        film = self.film()
        for number in range(round(self.seconds * FRAMES_PER_S)):
            if number not in self.missed:
                yield number, number / FRAMES_PER_S, film(number / FRAMES_PER_S)


def swaps(media: Path) -> Iterator[Cut]:
    """Each clip of somebody at a desk cut to each other one; people before rooms and bare walls."""
    for first, second in _pairs():
        yield Cut(
            f"{_stem(first)} > {_stem(second)}",
            partial(_swapped, _looped(media, first), _looped(media, second)),
        )


def swaps_in_an_outage(media: Path) -> Iterator[Cut]:
    """The same pairs, with three seconds without a picture between the two."""
    lost = _numbers(CUT_S, CUT_S + OUTAGE_S)
    for cut in swaps(media):
        yield Cut(f"{cut.name}, after an outage", cut.film, 3 * CUT_S, lost)


def honest(media: Path) -> Iterator[Cut]:
    """The same scene before and after, and something else that happens."""
    for one in CLIPS:
        film, name = _looped(media, one.file), _stem(one.file)
        later = _looped(media, one.file, min(_LATER_S, one.seconds / 2))
        for what, treat in (STRESS | _LIGHTS).items():
            yield Cut(f"{name}, {what}", partial(_treated, film, treat))
        for what, treat in _LIGHTS.items():
            yield Cut(f"{name}, then {what}", partial(_swapped, film, partial(_lit, film, treat)))
            yield Cut(
                f"{name}, no more {what}", partial(_swapped, partial(_lit, film, treat), film)
            )
        for what, cover in (("a cap", cap), ("a hand", palm)):
            yield Cut(f"{name}, {what}", partial(_covered, film, cover), 4 * CUT_S)
        yield Cut(f"{name}, a tape", partial(_taped, film), 4 * CUT_S)
        yield Cut(f"{name}, leans in", partial(_nearer, film), 4 * CUT_S)
        for across, down in ((-100, 0), (60, 60), (0, -90)):
            moved = partial(_bumped, film, across, down)
            yield Cut(f"{name}, bumped by {across}, {down}", moved)
        for across, down, turn_deg in ((-160, 80, 0.0), (100, -50, 8.0)):
            turned = partial(_nudged, film, across, down, turn_deg)
            yield Cut(f"{name}, nudged by {across}, {down} and {turn_deg:g} degrees", turned)
        yield Cut(f"{name}, pictures lost", film, 2 * CUT_S, lost_pictures(2 * CUT_S))
        lost = _numbers(CUT_S, CUT_S + OUTAGE_S)
        yield Cut(f"{name}, an outage", partial(_swapped, film, later), 3 * CUT_S, lost)


def _pairs() -> Iterator[tuple[str, str]]:
    for first, second in permutations((one.file for one in CLIPS), 2):
        if {first, second} != _SHOTS_OF_ONE_MAN:
            yield first, second


def _stem(file: str) -> str:
    return Path(file).stem


def _looped(media: Path, file: str, from_s: float = 0.0) -> Callable[[], Film]:
    return lambda: loop(_pictures(media / "videos" / file, from_s))


@lru_cache(maxsize=len(CLIPS))
def _pictures(path: Path, from_s: float) -> tuple[Image, ...]:
    """All of the clips are kept, since each one is cut to each other one."""
    return clip(path, from_s, from_s + _USED_S)


def _swapped(before: Callable[[], Film], after: Callable[[], Film]) -> Film:
    return grain(then((-99, before()), (CUT_S, after())))


def _lit(film: Callable[[], Film], treat: Treatment) -> Film:
    return treated(film(), treat)


def _treated(film: Callable[[], Film], treat: Treatment) -> Film:
    return grain(treated(film(), treat))


def _covered(film: Callable[[], Film], cover: Film) -> Film:
    return grain(then((-99, film()), (CUT_S, cover), (2 * CUT_S, film())))


def _taped(film: Callable[[], Film]) -> Film:
    return grain(then((-99, film()), (CUT_S, treated(film(), taped)), (2 * CUT_S, film())))


def _nearer(film: Callable[[], Film]) -> Film:
    """Until the face fills the picture, within half a second, and back again."""
    times_s = (CUT_S, CUT_S + 0.5, 2 * CUT_S, 2 * CUT_S + 0.5)
    seen = film()

    def leaning(time_s: float) -> Image:
        return _laid(seen(time_s), float(np.interp(time_s, times_s, (1.0, 2.2, 2.2, 1.0))), 0, 0)

    return grain(leaning)


def _bumped(film: Callable[[], Film], across_px: int, down_px: int) -> Film:
    """From one picture to the next; both show a part of what the clip shows."""
    seen = film()

    def laid(time_s: float) -> Image:
        moved = (across_px, down_px) if time_s >= CUT_S else (0, 0)
        return _laid(seen(time_s), 1.45, *moved)

    return grain(laid)


def _nudged(film: Callable[[], Film], across_px: int, down_px: int, turn_deg: float) -> Film:
    """Within a quarter of a second, further aside than a bump, and turned."""
    seen = film()

    def laid(time_s: float) -> Image:
        share = min(1.0, max(0.0, (time_s - CUT_S) / _NUDGE_S))
        aside = (share - 0.5) * across_px, (share - 0.5) * down_px
        return _laid(seen(time_s), 1.4, *aside, share * turn_deg)

    return grain(laid)


def _laid(
    image: Image, scale: float, across_px: float, down_px: float, turn_deg: float = 0.0
) -> Image:
    turn = cv2.getRotationMatrix2D((WIDTH_PX / 2, HEIGHT_PX / 2), turn_deg, scale)
    turn[:, 2] += np.array((across_px, down_px))
    size = (WIDTH_PX, HEIGHT_PX)
    return np.asarray(cv2.warpAffine(image, turn, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _gain(*rgb: float) -> Treatment:
    """Another exposure or white balance."""
    return lambda image: np.clip(image * np.array(rgb, np.float32), 0, 255).astype(np.uint8)


def _lamp(left: float, right: float) -> Treatment:
    """A lamp at one side, which lights one half more than the other."""
    field = np.linspace(left, right, WIDTH_PX, dtype=np.float32)[None, :, None]
    return lambda image: np.clip(image * field, 0, 255).astype(np.uint8)


def _behind(image: Image) -> Image:
    """A lamp behind whoever sits in the middle."""
    rows, columns = np.indices((HEIGHT_PX, WIDTH_PX), np.float32)
    away = np.hypot((columns - 320) / 180, (rows - 290) / 240)[:, :, None]
    field = 2.0 - 1.5 / (1 + np.exp((away - 1) * 8))
    return np.asarray(np.clip(image * field, 0, 255), np.uint8)


_LIGHTS: dict[str, Treatment] = {
    "a third of the light": _gain(0.33, 0.33, 0.33),
    "more exposure": _gain(1.7, 1.7, 1.7),
    "warmer": _gain(1.25, 1.0, 0.6),
    "colder": _gain(0.7, 1.0, 1.3),
    "a lamp at the left": _lamp(1.7, 0.3),
    "a lamp behind": _behind,
    "hardly any light": dimmed,
}


def _numbers(from_s: float, to_s: float) -> frozenset[int]:
    numbers: Sequence[int] = range(round(from_s * FRAMES_PER_S), round(to_s * FRAMES_PER_S))
    return frozenset(numbers)
