"""The camera's picture as a picture: covered, frozen, or all at once another scene.

All of it is measured on a small grey copy of 80 x 60 cells, each the mean of 8 x 8 pixels, which
takes most of the noise out and costs next to nothing.
"""

from __future__ import annotations

from collections import deque
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import HALF_TICK_NS
from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.core.observation import PictureSeen
from proctor_desktop.core.rules.rule import PICTURE_RATE
from proctor_desktop.core.rules.stillness import FROZEN_FROM_S
from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.vision.cut import Colours, Cut, grey_share
from proctor_desktop.vision.freshness import Freshness
from proctor_desktop.vision.scene import DARK_LEVELS, Scene, Structure, structure_of
from proctor_desktop.vision.sight import RgbImage
from proctor_desktop.vision.view import RecentViews, View, view_of

with importing_opencv():
    import cv2

Cells: TypeAlias = NDArray[np.float32]

_EVERY_NS = round(NS_PER_S / PICTURE_RATE)
_SUDDEN_LEVELS = 24.0
"""More than anybody who moves before a camera changes the whole picture's mean from one tick to the
next (at most 22 in the test media)."""

_PAUSE_NS = 3 * NS_PER_S // 2
_ADJACENT_NS = 5 * NS_PER_S // 8  # later ones may differ by all that happened in between
_MAY_BE_CUT = 0.5
_IN_A_ROW_NS = NS_PER_S // 2
_LATELY_NS = 3 * NS_PER_S
_CUT_JUMPS = 2  # a picture in between may be black, or half of each
_FADE_JUMPS = 3
"""What changes as a whole in more ticks than these in a row is moved: neither a cut nor a fade."""

_PAST = 8  # pictures of the last seconds: what looks like one of them again is no other scene
_CLEAR = 0.02
"""A lens with less detail is covered, or nearly so, and what it shows no scene."""

_PICTURES = 4
_WIDTH, _HEIGHT = 80, 60
_DIGITS = 4
_WHITE = 255.0

_NEAR_CELLS = 2.0
_CONTRAST = 0.04
_STRONG_LEVELS = 6.0
_SURE = 4.0  # standard errors by which structure has to stand out of noise
_NOISE_CELLS = 9
_UNEVEN = 4.0
_FINE_CELLS, _COARSE_CELLS = 1.0, 4.0
_SHARP_CELLS = 7
_SHARP = 0.15
_MARGIN = 2
_EMPTY = 0.001
_DARK_LEVELS = 40.0


class PictureWatch:
    """Takes every picture of one camera and speaks up about twice a second; used by one thread.

    It does so at once, and with every picture, where there may be something to say: when the
    picture changed as a whole, and while it is frozen.
    """

    def __init__(self) -> None:
        self._recent: deque[NDArray[np.uint8]] = deque(maxlen=_PICTURES)
        self._colours: deque[NDArray[np.uint8]] = deque(maxlen=2)
        self._past: deque[Colours] = deque(maxlen=_PAST)
        self._past_ns = 0
        self._jumps = 0
        self._jumped_ns = 0
        self._freshness: Freshness | None = None
        self._scene = Scene()
        self._cut = Cut()
        self._views = RecentViews()
        self._detail = 0.0
        self._seen_ns = 0
        self._due_ns = 0

    def see(self, image: RgbImage, moment: Moment, number: int) -> PictureSeen | None:
        """Take picture ``number`` into account; what there is to say of the last half second.

        ``image`` is only read, and nothing of it is kept but a part. After a pause of more than
        1.5 s, such as an outage, all is begun anew but what is known of the scene. The first word
        comes after half a second.
        """
        now_ns = moment.mono_ns
        passed_ns, self._seen_ns = now_ns - self._seen_ns, now_ns
        if self._freshness is None or passed_ns > _PAUSE_NS:
            self._freshness = self._begun(now_ns)
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        small = np.asarray(
            cv2.resize(grey, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA), np.uint8
        )
        sudden = bool(self._recent) and _apart(small, self._recent[-1]) > _SUDDEN_LEVELS
        replaced = self._cut_to(_colours_of(image), small, now_ns, passed_ns)
        self._recent.append(small)
        self._freshness.look(image, small, now_ns)
        still = self._freshness.frozen_s(now_ns) >= FROZEN_FROM_S
        frozen = still and float(small.mean()) >= _DARK_LEVELS
        due = now_ns + HALF_TICK_NS >= self._due_ns or sudden or frozen or replaced
        if not due or len(self._recent) < 2:  # noqa: PLR2004 - noise needs two
            return None
        self._due_ns = now_ns + _EVERY_NS
        view = view_of(np.asarray(grey, np.uint8))
        said = self._judged(number, now_ns, view, replaced)
        self._views.keep(view, now_ns)
        return said

    def _begun(self, now_ns: int) -> Freshness:
        self._recent.clear()
        self._colours.clear()
        self._past.clear()
        self._cut.forget()
        self._detail = 0.0
        self._due_ns = now_ns + _EVERY_NS
        return Freshness(now_ns)

    def _cut_to(
        self, colours: Colours, small: NDArray[np.uint8], now_ns: int, passed_ns: int
    ) -> bool:
        """Whether there was a cut a second ago, to a scene that stayed."""
        before = self._colours
        if len(before) == before.maxlen and grey_share(small, self._recent[-1]) > _MAY_BE_CUT:
            self._jumps = self._jumps + 1 if now_ns - self._jumped_ns < _IN_A_ROW_NS else 1
            self._jumped_ns = now_ns
            if passed_ns > _ADJACENT_NS or self._jumps > _CUT_JUMPS:
                self._cut.forget()
            elif self._detail > _CLEAR or self._cut.open:
                self._cut.begin([*self._past, *map(_unpadded, before)], now_ns)
        before.append(colours)
        if self._cut.open:
            return self._cut.replaced(_unpadded(colours), now_ns)
        if now_ns - self._past_ns >= NS_PER_S:
            self._past.append(_unpadded(colours))
            self._past_ns = now_ns
        return False

    def _judged(self, number: int, now_ns: int, view: View, cut: bool) -> PictureSeen:
        assert self._freshness is not None  # noqa: S101 - begun with the first picture
        cells = without_border(np.stack(self._recent)).astype(np.float32)
        self._detail = detail = detail_of(cells)
        # Its own border alone: with those of the scene before, a new one would look like neither.
        newest = without_border(self._recent[-1][np.newaxis])[0].astype(np.float32)
        # A lens that is covered for good gives the same black without being frozen, and in the dark
        # a codec leaves nothing of what moves.
        judged = detail > _EMPTY and float(newest.mean()) >= _DARK_LEVELS
        frozen_s = self._freshness.frozen_s(now_ns) if judged else 0.0
        return PictureSeen(
            frame=number,
            brightness=round(float(cells[-1].mean()) / _WHITE, _DIGITS),
            detail=round(detail, _DIGITS),
            frozen_s=round(frozen_s, 3),
            replaced=detail > _CLEAR and self._replaced(structure_of(newest), view, now_ns, cut),
        )

    def _replaced(self, structure: Structure, view: View, now_ns: int, cut: bool) -> bool:
        """Told once, whichever of the two finds it first; a camera that was turned is the same."""
        if cut:
            since_ns = self._cut.since_ns
            self._scene.begin_anew(structure, now_ns)
        elif self._scene.replaced(structure, now_ns, self._jumped(now_ns)):
            since_ns = self._scene.since_ns
        else:
            return False
        self._past.clear()
        self._cut.forget()
        return not self._views.had_seen(view, since_ns)

    def _jumped(self, now_ns: int) -> bool:
        return 0 < self._jumps <= _FADE_JUMPS and now_ns - self._jumped_ns < _LATELY_NS


def _colours_of(image: RgbImage) -> NDArray[np.uint8]:
    """A small copy in colour from every fourth pixel or so, at a quarter of the cost of all."""
    part = cv2.resize(image, (2 * _WIDTH, 2 * _HEIGHT), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(part, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def _apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(cv2.absdiff(one, other).mean())


def without_border(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Small pictures (n x 60 x 80) without the black that pads them to 4:3.

    The edge of that black is no detail of the room. A picture that is all black stays as it is.
    """
    rows, columns = _inside(pictures.max(axis=0))
    return pictures[:, rows, columns]


def _unpadded(colours: NDArray[np.uint8]) -> Colours:
    return colours[_inside(colours.max(axis=2))]


def _inside(lit: NDArray[np.uint8]) -> tuple[slice, slice]:
    """The rows and columns that the padding leaves, by the lightest that each cell has been."""
    rows, columns = np.flatnonzero(lit.max(axis=1)), np.flatnonzero(lit.max(axis=0))
    if not rows.size:
        return slice(None), slice(None)
    top = _trim(int(rows[0]), int(rows[-1]), _HEIGHT)
    left = _trim(int(columns[0]), int(columns[-1]), _WIDTH)
    return slice(top, _HEIGHT - top), slice(left, _WIDTH - left)


def _trim(first: int, last: int, size: int) -> int:
    """What to take off either side: the padding is even, and the cell beside it half dark."""
    dark = min(first, size - 1 - last)
    return min(dark + 1, size // 4) if dark else 0


def detail_of(cells: Cells) -> float:
    """The share of the picture, 0 to 1, in which there is anything to be made out.

    ``cells`` is n x height x width: the last few small pictures, the newest last. A cell counts
    when it differs from its surroundings by a share of the light there, stands out of the noise
    (which changes from picture to picture, as structure does not), and does so sharply: through
    tape or skin only broad gradients come.
    """
    near = np.stack([_beside(one, _NEAR_CELLS) for one in cells])
    light = cells[-1] - near[-1]
    noise = cv2.blur(near.var(axis=0, ddof=1), (_NOISE_CELLS, _NOISE_CELLS)).clip(0)
    # Noise is about the same everywhere: much more of it in one place is movement.
    noise = np.minimum(noise, _UNEVEN * float(np.median(noise)))
    steady = np.abs(near.mean(axis=0))
    sure = steady > np.maximum(
        _CONTRAST * (light + DARK_LEVELS), _SURE * np.sqrt(noise / len(cells))
    )
    strong = np.abs(near[-1]) > _STRONG_LEVELS + _CONTRAST * light
    found = (sure | strong) & _sharp(cells[-1], float(np.median(noise)))
    return float(found[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN].mean())


def _sharp(newest: Cells, noise: float) -> NDArray[np.bool_]:
    """Where the fine differences are more than a small part of the broad ones."""
    soft = cv2.GaussianBlur(newest, (0, 0), _FINE_CELLS)
    fine, broad = newest - soft, soft - cv2.GaussianBlur(soft, (0, 0), _COARSE_CELLS)
    window = (_SHARP_CELLS, _SHARP_CELLS)
    sharp = cv2.blur(fine * fine, window) - noise > _SHARP**2 * cv2.blur(broad * broad, window)
    return np.asarray(sharp, np.bool_)


def _beside(cells: Cells, surroundings: float) -> Cells:
    return np.asarray(cells - cv2.GaussianBlur(cells, (0, 0), surroundings), np.float32)
