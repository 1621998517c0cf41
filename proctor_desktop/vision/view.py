"""Whether two pictures show the same things from another angle: a camera that was nudged or turned.

Small details of the one are looked for in the other, wherever they are and however they are turned
(ORB, Rublee et al., ICCV 2011). Where many of them moved by one common shift, turn and zoom, it is
the same room or the same person. It takes some 5 ms, so it is asked only where much hangs on it.
"""

from __future__ import annotations

from collections import deque
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

View: TypeAlias = NDArray[np.uint8]
"""A grey picture of 240 x 320."""

WIDTH_PX, HEIGHT_PX = 320, 240
IN_COMMON = 11
"""Places in which details have to agree. Where a camera was nudged far aside it was 12 and more,
save before bare walls; of two scenes at most 9 (twelve clips, each beside each)."""

_DETAILS = 400
_CONTRAST = 7
_APART_PX = 4.0
_DISTINCT = 0.85
_FEWEST = 4
_PLACE_PX = 16
_KEPT, _EVERY_NS = 12, 9 * NS_PER_S // 20
_LOOKED_BACK_ON = 3


def view_of(grey: NDArray[np.uint8]) -> View:
    """What is kept of a whole grey picture."""
    return np.asarray(
        cv2.resize(grey, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA), np.uint8
    )


def places_in_common(one: View, other: View) -> int:
    """In how many places details of both agree in how the camera would have had to move.

    Places, because a single edge gives many details.
    """
    orb = cv2.ORB.create(nfeatures=_DETAILS, fastThreshold=_CONTRAST)
    points, names = orb.detectAndCompute(cv2.GaussianBlur(one, (0, 0), 1.0), None)
    others, other_names = orb.detectAndCompute(cv2.GaussianBlur(other, (0, 0), 1.0), None)
    if names is None or other_names is None:
        return 0
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(names, other_names, k=2)
    good = [two[0] for two in pairs if two[1:] and two[0].distance < _DISTINCT * two[1].distance]
    if len(good) < _FEWEST:
        return 0
    start = np.array([points[match.queryIdx].pt for match in good], np.float32)
    end = np.array([others[match.trainIdx].pt for match in good], np.float32)
    _, agree = cv2.estimateAffinePartial2D(
        start, end, method=cv2.RANSAC, ransacReprojThreshold=_APART_PX
    )
    if agree is None:
        return 0
    return len(np.unique(start[agree.ravel() == 1] // _PLACE_PX, axis=0))


class RecentViews:
    """What a camera showed over the last seconds; used by one thread."""

    def __init__(self) -> None:
        self._kept: deque[tuple[int, View]] = deque(maxlen=_KEPT)

    def keep(self, view: View, now_ns: int) -> None:
        """Remember a view, two a second at most."""
        if not self._kept or now_ns - self._kept[-1][0] >= _EVERY_NS:
            self._kept.append((now_ns, view))

    def had_seen(self, view: View, since_ns: int) -> bool:
        """Whether ``view`` was to be seen before ``since_ns`` too, from whatever angle."""
        before = [one for seen_ns, one in self._kept if seen_ns < since_ns]
        return any(places_in_common(one, view) >= IN_COMMON for one in before[-_LOOKED_BACK_ON:])
