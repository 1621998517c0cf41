"""For how long nothing has moved in a face: what tells a poster from a person.

A face is cut out, made 32 x 32 grey pixels, freed of brightness and contrast and laid over what it
looked like when it last moved. What is left after the best affine fit is movement *within* the
face: lids, lips, a turn of the head. Noise, an unsteady box, flickering light and the way a picture
on a shirt shifts and tilts leave less than that.

Measured at 8 pictures a second: photographs pasted into a noisy scene, with flicker and JPEG, never
moved in 20 s; swaying like a shirt they kept still for 10 s or longer. The people in the honest
test videos moved within 1.2 s, but for one who does nothing except look: 4.2 s. Those are twenty
pasted photographs and eight people, five of them watched for more than six seconds.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

Patch: TypeAlias = NDArray[np.float32]
"""A face and a narrow margin, 40 x 40 grey pixels."""

FACE_PX = 32
MARGIN_PX = 4
PATCH_PX = FACE_PX + 2 * MARGIN_PX
OVERSAMPLING = 3
"""A patch is drawn finer and then reduced, so that noise averages out instead of being picked."""

MOVED_ON_THE_WHOLE = 0.034
"""Mean difference of two normalised patches (deviation 1) above which the face has moved."""

MOVED_SOMEWHERE = 0.072
"""The same for the worst place: 4 x 4 of the 32 x 32 pixels."""

_BLOCK_PX = (4, 4)
_WORST_PERCENTILE = 98
_ALL = np.ones((PATCH_PX, PATCH_PX), np.uint8)
_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 1e-3)


class Stillness:
    """Watches one face from picture to picture."""

    def __init__(self) -> None:
        self._last: Patch | None = None
        self._since: Moment | None = None
        self.moved = False

    def see(self, grey: NDArray[np.uint8], box: FaceBox, moment: Moment) -> float:
        """For how many seconds nothing has moved in the face that is in ``box`` now.

        ``moved`` tells from then on whether it has ever moved. What cannot be compared counts as
        movement: nobody is taken for a poster by mistake.
        """
        patch = face_patch(grey, box)
        if self._last is None or self._since is None:
            self._last, self._since = patch, moment
        elif has_moved(self._last, patch):
            self._last, self._since, self.moved = patch, moment, True
        return moment.since_s(self._since)

    def restart(self) -> None:
        """Begin anew with the next picture, because the box is drawn otherwise from now on."""
        self._last = self._since = None


def face_patch(grey: NDArray[np.uint8], box: FaceBox) -> Patch:
    """The face in ``box``, cut out of the whole grey picture with a margin around it."""
    height_px, width_px = grey.shape
    scale_x = OVERSAMPLING * FACE_PX / max(1.0, box.width * width_px)
    scale_y = OVERSAMPLING * FACE_PX / max(1.0, box.height * height_px)
    margin = OVERSAMPLING * MARGIN_PX
    into = np.array(
        (
            (scale_x, 0.0, margin - box.x * width_px * scale_x),
            (0.0, scale_y, margin - box.y * height_px * scale_y),
        )
    )
    size = (OVERSAMPLING * PATCH_PX, OVERSAMPLING * PATCH_PX)
    fine = cv2.warpAffine(grey, into, size, borderMode=cv2.BORDER_REPLICATE)
    small = cv2.resize(fine, (PATCH_PX, PATCH_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small.astype(np.float32), (0, 0), 1.0), np.float32)


def has_moved(before: Patch, now: Patch) -> bool:
    """Whether the face in ``now`` is another view than in ``before``, or cannot be compared."""
    inner = before[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
    start = np.array(((1, 0, MARGIN_PX), (0, 1, MARGIN_PX)), np.float32)
    try:
        _, shift = cv2.findTransformECC(inner, now, start, cv2.MOTION_AFFINE, _STEPS, _ALL, 1)
    except cv2.error:  # the two have nothing in common, or there is nothing to see in one of them
        return True
    size, flags = (FACE_PX, FACE_PX), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(now, shift, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    left = np.abs(_normalised(inner) - _normalised(np.asarray(laid, np.float32)))
    somewhere = np.percentile(cv2.blur(left, _BLOCK_PX)[_OVAL], _WORST_PERCENTILE)
    return bool(left[_OVAL].mean() > MOVED_ON_THE_WHOLE or somewhere > MOVED_SOMEWHERE)


def _oval() -> NDArray[np.bool_]:
    """The part of a patch that is face and not what lies behind it."""
    at = (np.arange(FACE_PX) + 0.5) / FACE_PX * 2 - 1
    return np.asarray(at[:, None] ** 2 + at[None, :] ** 2 < 1.0)


_OVAL = _oval()


def _normalised(face: Patch) -> Patch:
    """Mean 0 and deviation 1 within the oval, 0 outside."""
    seen = face[_OVAL]
    return np.where(_OVAL, (face - seen.mean()) / max(1e-3, float(seen.std())), 0.0).astype(
        np.float32
    )
