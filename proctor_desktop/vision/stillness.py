"""For how long nothing has moved in a face: what tells a poster from a person.

A face is cut out, made 32 x 32 grey pixels, freed of brightness and contrast and laid over what it
looked like when it last moved. What is left after the best affine fit, beyond what a small error of
that fit explains, is movement *within* the face: lids, lips, a turn of the head. It is looked at in
each picture, which shows a blink, and averaged over the last pictures, which shows the slow drift
of somebody who does nothing except look, even in the dark: nobody alive comes back to quite the
same face, and a print differs by noise alone. How much noise there is, each face's own pictures
tell: it is what one differs from the next by. Where there is much, the clock runs slower, and where
there is so much that no movement could be made out, nothing is ever said to be still.

Measured at 8 pictures a second for 20 s each: clips of twelve people (in 230 versions: 1, 0.7, 0.5
and 0.35 of their size, as they are, with 30 % and 10 % of the light, in JPEG 20, blurred, with a
camera's noise and without) were still for 6.7 s at most, in faces of 59 pixels and more. Of six
photographs in 165 such versions, on a wall or swaying like a shirt, all were still for 8 s or
longer but one, which swayed in JPEG 20. Only one or two of the twelve hardly move.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

Patch: TypeAlias = NDArray[np.float32]
"""A face, 32 x 32 grey pixels, or with a narrow margin 40 x 40."""

FACE_PX = 32
MARGIN_PX = 4
PATCH_PX = FACE_PX + 2 * MARGIN_PX
OVERSAMPLING = 3
"""A patch is drawn finer and then reduced, so that noise averages out instead of being picked."""

MISLAID_PX = 0.12
"""So far, in pixels of a patch, one face may lie beside another: at an edge that makes a difference
which nobody made."""

MOVED_AT_ONCE, MOVED_SLOWLY = 0.018, 0.009
"""What must be left at the worst place, in one picture and on average over ``AVERAGED``, for a face
to have moved: 4 x 4 of the 32 x 32 pixels, in deviations of the face's brightness."""

NOISES_AT_ONCE, NOISES_SLOWLY = 1.8, 0.65
"""The same as multiples of the noise, whichever is more. A print leaves 1.0 and 0.45 of it."""

PLAINLY = 1.5
"""So many times the limits in one picture are movement, whatever the next one shows."""

AVERAGED = 6
"""Pictures: 0.75 s at 8 a second."""

SETTLED_S, AGAIN_S, APART_S = 8.0, 5.0, 0.5
"""A face that has been still for the first must move twice to be alive after all, within the second
and with at least the third in between: where a shirt folds, one print in a while looks moved. Of
all the living none was ever still for so long."""

LOOKED_AT_FIRST = 4
"""Pictures that make up what a face is compared with from then on."""

NOISY = 0.065
"""Noise from which on the clock runs slower: to average it out takes time with its square."""

NOISIEST = 0.13
"""No noise is believed to be more than this, nor less before ``NOISES_KNOWN`` pictures were seen:
beyond it every print seems to move."""

NOISES_KNOWN, NOISES_KEPT = 8, 24

PLAIN = 0.5
"""Grey levels by which a face must deviate from its mean: below it there is nothing to see."""

_REDUCED_BELOW = 1.3
_BLOCK_PX = (4, 4)
_ALL = np.ones((PATCH_PX, PATCH_PX), np.uint8)
_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-5)


class _Reference:
    """What a face looked like when it last moved, over several pictures, and how it differs."""

    def __init__(self, patch: Patch) -> None:
        self._template = patch[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX].copy()
        self._face = self._before = _normalised(self._template)
        self._tolerated = _tolerated(self._face)
        self._count = 1
        self._latest: deque[Patch] = deque(maxlen=AVERAGED)

    def compare(self, patch: Patch) -> tuple[float, float, float] | None:
        """What ``patch`` leaves against the picture before, against the reference, and on average.

        None if it cannot be laid over the reference: they have nothing in common, or there is
        nothing to see in one of them.
        """
        laid = _laid(self._template, patch)
        if laid is None or min(_deviation(laid), _deviation(self._template)) < PLAIN:
            return None
        face = _normalised(laid)
        self._latest.append(face)
        noise, at_once = self._left(face - self._before), self._left(face - self._face)
        slowly = 0.0
        if len(self._latest) == AVERAGED:
            slowly = self._left(_mean(self._latest) - self._face)
        self._before = face
        if self._count < LOOKED_AT_FIRST:
            self._take_in(laid, face)
        return noise, at_once, slowly

    def _take_in(self, laid: Patch, face: Patch) -> None:
        share = np.float32(1 / (self._count + 1))
        self._template = self._template + share * (laid - self._template)
        self._face = self._face + share * (face - self._face)
        self._tolerated = _tolerated(self._face)
        self._count += 1

    def _left(self, difference: Patch) -> float:
        left = np.where(_WITHIN, np.maximum(0.0, np.abs(difference) - self._tolerated), 0.0)
        return float(np.partition(cv2.blur(left, _BLOCK_PX)[_OVAL], _WORST)[_WORST])


class Stillness:
    """Watches one face from picture to picture."""

    def __init__(self) -> None:
        self._reference: _Reference | None = None
        self._noises: deque[float] = deque(maxlen=NOISES_KEPT)
        self._seen_at: Moment | None = None
        self._still_s = 0.0
        self._doubtful = False
        self._stirred_at: Moment | None = None
        self.moved = False

    def see(self, grey: NDArray[np.uint8], box: FaceBox, moment: Moment) -> float:
        """For how many seconds nothing has moved in the face that is in ``box`` now.

        Fewer than have passed if noise hides much of what could have been seen. ``moved`` tells
        from then on whether it has ever moved. What cannot be compared counts as movement: nobody
        is taken for a poster by mistake.
        """
        patch = face_patch(grey, box)
        if self._reference is None or self._seen_at is None:
            self._reference, self._still_s = _Reference(patch), 0.0
        elif self._has_moved(self._reference, patch):
            self._reference = _Reference(patch)
            if self._believed(moment):
                self._still_s, self.moved, self._stirred_at = 0.0, True, None
        else:
            self._still_s += self._sight() * moment.since_s(self._seen_at)
        self._seen_at = moment
        return self._still_s

    def restart(self) -> None:
        """Begin anew with the next picture, because the box is drawn otherwise from now on."""
        self._reference = None

    def _has_moved(self, reference: _Reference, patch: Patch) -> bool:
        """Plainly, or twice in a row: among so many pictures one outlier is no movement."""
        left = reference.compare(patch)
        if left is None:
            self._doubtful = False
            return True
        noise, at_once, slowly = left
        self._noises.append(noise)
        usual = self._noise()
        excess = max(
            at_once / max(MOVED_AT_ONCE, NOISES_AT_ONCE * usual),
            slowly / max(MOVED_SLOWLY, NOISES_SLOWLY * usual),
        )
        moved = excess > PLAINLY or (excess > 1 and self._doubtful)
        self._doubtful = excess > 1 and not moved
        return moved

    def _believed(self, moment: Moment) -> bool:
        """Whether what has moved now is alive, though it may have been still for long."""
        if self._still_s < SETTLED_S:
            return True
        if self._stirred_at is None or moment.since_s(self._stirred_at) > AGAIN_S:
            self._stirred_at = moment
            return False
        return moment.since_s(self._stirred_at) >= APART_S

    def _sight(self) -> float:
        """How much a second of looking is worth: less where it takes longer to see the same."""
        known = len(self._noises) >= NOISES_KNOWN
        return min(1.0, (NOISY / max(self._noise(), 1e-6)) ** 2) if known else 1.0

    def _noise(self) -> float:
        """What one picture of this face differs from the next by if nothing happens."""
        if len(self._noises) < NOISES_KNOWN:
            return NOISIEST
        return min(NOISIEST, float(np.median(self._noises)))


def face_patch(grey: NDArray[np.uint8], box: FaceBox) -> Patch:
    """The face in ``box``, cut out of the whole grey picture with a margin around it."""
    height_px, width_px = grey.shape
    box_px = np.array((box.width * width_px, box.height * height_px))
    scale = OVERSAMPLING * FACE_PX / np.maximum(1.0, box_px)
    first = np.array((box.x * width_px, box.y * height_px))
    cut, corner = _around(grey, first, box_px)
    if scale.max() < _REDUCED_BELOW:  # what is made smaller must not be picked from, either
        sigma = 0.6 / float(scale.min())
        side_px = 2 * round(2 * sigma) + 1
        cut = np.asarray(cv2.GaussianBlur(cut, (side_px, side_px), sigma), np.float32)
    shift = OVERSAMPLING * MARGIN_PX - (first - corner) * scale + 0.5 * scale - 0.5
    into = np.array(((scale[0], 0.0, shift[0]), (0.0, scale[1], shift[1])))
    size = (OVERSAMPLING * PATCH_PX, OVERSAMPLING * PATCH_PX)
    fine = cv2.warpAffine(cut, into, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    small = cv2.resize(fine, (PATCH_PX, PATCH_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 1.0), np.float32)


def _around(
    grey: NDArray[np.uint8], first: NDArray[np.float64], box_px: NDArray[np.float64]
) -> tuple[Patch, NDArray[np.float64]]:
    """The part of a picture that a box is in, with a third of it on each side, and its corner."""
    limit = np.array(grey.shape[::-1])
    corner = np.clip(np.floor(first - box_px / 3), 0, limit - 1).astype(int)
    end = np.clip(np.ceil(first + box_px * 4 / 3), corner + 1, limit).astype(int)
    cut = grey[corner[1] : end[1], corner[0] : end[0]]
    return np.asarray(cut, np.float32), corner.astype(np.float64)


def _laid(template: Patch, patch: Patch) -> Patch | None:
    """``patch`` as it fits best over ``template``; cubic, or the laying itself would blur it."""
    start = np.array(((1, 0, MARGIN_PX), (0, 1, MARGIN_PX)), np.float32)
    try:
        _, shift = cv2.findTransformECC(template, patch, start, cv2.MOTION_AFFINE, _STEPS, _ALL, 1)
    except cv2.error:
        return None
    size, flags = (FACE_PX, FACE_PX), cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(patch, shift, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid, np.float32)


def _tolerated(face: Patch) -> Patch:
    """What a face may differ by at each place because it lies a little beside."""
    across = cv2.Sobel(face, -1, 1, 0, ksize=3, scale=1 / 8, borderType=cv2.BORDER_REPLICATE)
    down = cv2.Sobel(face, -1, 0, 1, ksize=3, scale=1 / 8, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(MISLAID_PX * np.hypot(across, down), np.float32)


def _mean(faces: Iterable[Patch]) -> Patch:
    return np.asarray(np.mean(list(faces), axis=0), np.float32)


def _deviation(face: Patch) -> float:
    return float(face[_OVAL].std())


def _oval(reach: float = 1.0) -> NDArray[np.bool_]:
    """The part of a patch that is face and not what lies behind it."""
    at = (np.arange(FACE_PX) + 0.5) / FACE_PX * 2 - 1
    return np.asarray(np.hypot(at[:, None], at[None, :]) < reach)


_OVAL = _oval()
_WORST = round(0.98 * np.count_nonzero(_OVAL))
"""Which of the oval's blocks, from the calmest on, is the worst place: not the very worst."""

_WITHIN = _oval(0.92)
"""Without its rim, where what lies behind the face shows."""


def _normalised(face: Patch) -> Patch:
    """Mean 0 and deviation 1 within the oval."""
    level = float(face[_OVAL].mean())
    return np.asarray((face - level) / max(1e-3, _deviation(face)), np.float32)
