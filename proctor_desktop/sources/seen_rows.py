"""What the rows of the screen looked like, so that only those that changed need be worked on."""

from __future__ import annotations

import os
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]

_BAND_PX = 64
"""So many rows are looked at together: they fit into a processor's cache."""

_APART_PX = 32
_HALF_WORD = np.uint64(32)


class SeenRows:
    """Keeps a number for each row of the last picture, by which it knows the row again.

    The picture itself would take 8 MB at 1920 x 1080. A row is a sum of its pixels, each times a
    number that is drawn anew each time: that another row has the same sum is as good as impossible,
    and nobody can make one. For one thread.
    """

    def __init__(self) -> None:
        self._width_px = -1
        self._factors = self._sums = np.empty(0, np.uint64)

    def update(self, image: Image) -> tuple[range, ...] | None:
        """Where a BGRA picture differs from the one before; None if it has to be taken whole."""
        if image.shape[1] != self._width_px:
            self._begin(image.shape[1])
        before, self._sums = self._sums, self._summed(image)
        if len(before) != len(self._sums):
            return None
        rows = np.flatnonzero(before != self._sums)
        runs = np.split(rows, np.flatnonzero(np.diff(rows) > _APART_PX) + 1) if len(rows) else []
        return tuple(range(int(run[0]), int(run[-1]) + 1) for run in runs)

    def forget(self) -> None:
        """The next picture is taken whole."""
        self._width_px = -1

    def _begin(self, width_px: int) -> None:
        self._width_px = width_px
        drawn = np.frombuffer(os.urandom(2 * 8 * width_px), np.uint64).reshape(2, width_px)
        self._factors, self._sums = drawn | np.uint64(1), np.empty(0, np.uint64)

    def _summed(self, image: Image) -> NDArray[np.uint64]:
        if image.shape[1] % 2:  # so that two pixels are one number
            image = np.pad(image, ((0, 0), (0, 1), (0, 0)))
        bands = (image[top : top + _BAND_PX] for top in range(0, len(image), _BAND_PX))
        return np.concatenate([self._summed_band(band) for band in bands])

    def _summed_band(self, band: Image) -> NDArray[np.uint64]:
        """The second sum, of each other pixel, is for what the first loses beyond 64 bits."""
        words = np.ascontiguousarray(band).reshape(len(band), -1).view(np.uint64)
        both, second = self._factors[:, : words.shape[1]]
        return np.asarray(
            np.einsum("ij,j->i", words, both) + np.einsum("ij,j->i", words >> _HALF_WORD, second)
        )
