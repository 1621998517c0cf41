"""Whether a camera's pictures are new ones, or the same one shown again and again.

A living camera never gives the same picture twice: there is noise even where nothing moves. A
slow camera or file does repeat pictures in between, and a frozen picture that went through a
video codec changes a little now and then, when the codec refreshes it. So a picture counts as new
when something in it has moved since the last new ones, or when a good part of it changed and did so
in half of the last pictures as well: that is noise. It is held against the last three of either
kind, since a picture may be shown by turns with another. A recording that begins again is not told
from life: files that stand in for a camera do so, and slow ones within few pictures.
"""

from __future__ import annotations

from collections import deque
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.vision.sight import RgbImage

SmallGrey: TypeAlias = NDArray[np.uint8]
"""60 x 80: the picture in grey, each cell the mean of 8 x 8 pixels."""

_MOVED_LEVELS = 6.0  # a codec's refresh moves the mean of 8 x 8 pixels by less than this
_MOVED_LEVELS_DARK = 2.0
_MOVED_CELLS = 3
_NOISE_SHARE = 0.2  # of the pixels: of a codec's refinements most change fewer
_NOISE_SHARE_DARK = 0.02
_BRIGHT_LEVEL = 80.0  # darker pictures change by fewer levels, so less is asked of them
_LOOKS = 8
_NOISY_LOOKS = 4
_FAINT_SHARE = 0.04  # noise that a codec has mostly taken out: little changes, but without a pause
_FAINT_SHARE_DARK = 0.005
_FAINT_LOOKS = 7
_SAMPLE_STEP = 4
_BY_TURNS = 3


class Freshness:
    """Follows the pictures of one camera; used by one thread."""

    def __init__(self, now_ns: int) -> None:
        self._fresh_ns = now_ns
        self._samples: deque[NDArray[np.uint8]] = deque(maxlen=_BY_TURNS)
        self._kept: deque[SmallGrey] = deque(maxlen=_BY_TURNS)
        self._looks: deque[float] = deque(maxlen=_LOOKS)

    def look(self, image: RgbImage, small: SmallGrey, now_ns: int) -> None:
        """Take the next picture into account."""
        sample = np.ascontiguousarray(image[::_SAMPLE_STEP, ::_SAMPLE_STEP, 1])
        light = min(1.0, float(small.mean()) / _BRIGHT_LEVEL)
        self._looks.append(min((_changed(one, sample) for one in self._samples), default=0.0))
        self._samples.append(sample)
        if all(_moved(one, small, light) for one in self._kept):
            self._kept.append(small)
            self._fresh_ns = now_ns
        elif self._noise(light):
            self._fresh_ns = now_ns

    def frozen_s(self, now_ns: int) -> float:
        """Seconds since the last picture that was a new one."""
        return max(0, now_ns - self._fresh_ns) / NS_PER_S

    def _noise(self, light: float) -> bool:
        """Whether the last pictures differ as noise makes them differ, this one among them."""
        for low, high, needed in (
            (_NOISE_SHARE_DARK, _NOISE_SHARE, _NOISY_LOOKS),
            (_FAINT_SHARE_DARK, _FAINT_SHARE, _FAINT_LOOKS),
        ):
            least = _between(low, high, light)
            looks = [share >= least for share in self._looks]
            if looks[-1] and sum(looks) >= needed:
                return True
        return False


def _changed(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    return int(np.count_nonzero(before != after)) / after.size


def _moved(before: SmallGrey, after: SmallGrey, light: float) -> bool:
    difference = np.abs(before.astype(np.int16) - after)
    levels = _between(_MOVED_LEVELS_DARK, _MOVED_LEVELS, light)
    return int(np.count_nonzero(difference >= levels)) >= _MOVED_CELLS


def _between(low: float, high: float, share: float) -> float:
    return low + (high - low) * share
