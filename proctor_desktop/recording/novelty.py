"""Whether a screen shows another page, or the one before it scrolled, typed on or moved about.

What moved, encoders tell from the picture before; another page they cannot. It is cheaper and four
times as good as a picture that stands alone, in which alone they look for letters that come again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.recording.conversion import Plane

ANOTHER_PAGE = 0.12
"""A page of text that changes below its title has 0.14 and more; scrolling, and a window that is
moved over a photograph, have less than 0.1."""

_WORD_PX = 8
_STRIPE_WORDS = 30
_FACTORS = np.frombuffer(os.urandom(8 * _STRIPE_WORDS), np.uint64) | np.uint64(1)


def novelty(before: Plane, rows: Iterable[tuple[int, Plane]]) -> float:
    """How much of a picture is new, by its luma and the rows, each with its top, that changed.

    That is the share of the picture that stood nowhere above, below or in the same place before,
    times its share of all that changed. Lines of 240 pixels are compared; one colour is nothing.
    """
    known, _ = _signatures(before)
    changed = new = 0
    for top_px, after in rows:
        found, is_flat = _signatures(after)
        differs = ~is_flat & (found != known[top_px : top_px + len(after)])
        changed += int(np.count_nonzero(differs))
        for stripe in range(known.shape[1]):
            seen = np.isin(found[differs[:, stripe], stripe], known[:, stripe])
            new += int(np.count_nonzero(~seen))
    return new / known.size * new / changed if changed else 0.0


def _signatures(luma: Plane) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """A number for each line of each stripe, and whether the line has one colour only.

    What is left of a stripe at the right edge is not looked at.
    """
    stripes = luma.shape[1] // (_WORD_PX * _STRIPE_WORDS)
    pixels = np.ascontiguousarray(luma[:, : stripes * _STRIPE_WORDS * _WORD_PX])
    words = pixels.view(np.uint64).reshape(len(luma), stripes, _STRIPE_WORDS)
    is_flat = (words == words[:, :, :1]).all(axis=-1)
    return np.einsum("ijk,k->ij", words, _FACTORS), is_flat
