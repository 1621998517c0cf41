"""The one picture that is encoded again and again, painted over where the screen changed."""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from proctor_desktop.recording.conversion import Patch, Patches, Plane, planes_of
from proctor_desktop.recording.novelty import ANOTHER_PAGE, novelty

LARGE = 0.03
"""Share of the pixels; below, nobody asks whether this is another page."""


@dataclass(frozen=True, slots=True)
class Change:
    """The share of pixels in which two pictures differ, 0 only if in none at all, and how."""

    share: float
    is_another_page: bool = False


NO_CHANGE, ALL_CHANGED = Change(0.0), Change(1.0, is_another_page=True)


class Canvas:
    """Holds what the screen showed last, as the encoder takes it: 3 MB at 1920 x 1080.

    ``changed`` is the share of pixels that were painted otherwise since the picture was last
    encoded, 0 only if none was; ``is_another_page`` tells whether it became one since. Encoders
    copy what they are given, so it may be painted on then.
    """

    def __init__(self, first: Patches) -> None:
        """Begin with a whole picture."""
        width_px, height_px = self.size_px = first.size_px
        self.picture = av.VideoFrame(width_px, height_px, "yuv420p")
        self.picture.colorspace = Colorspace.ITU709
        self.picture.color_range = ColorRange.MPEG
        self._planes = planes_of(self.picture)
        self._paint(first)
        self.changed = 1.0
        self.is_another_page = True

    def change(self, patches: Patches) -> Change:
        """What ``patches`` would change."""
        if patches.size_px != self.size_px:
            return ALL_CHANGED
        pairs = [pair for patch in patches.patches for pair in self._pairs(patch)]
        if all(np.array_equal(old, new) for old, new in pairs):
            return NO_CHANGE
        luma = self._planes[0]
        share = sum(int(np.count_nonzero(old != new)) for old, new in pairs[::3]) / luma.size
        rows = [(patch.top_px, patch.planes[0]) for patch in patches.patches]
        return Change(
            max(share, float(np.finfo(float).tiny)),
            share >= LARGE and novelty(luma, rows) >= ANOTHER_PAGE,
        )

    def paint(self, patches: Patches, change: Change) -> None:
        """Show what is new, of which ``change`` was found before."""
        self._paint(patches)
        self.changed += change.share
        self.is_another_page |= change.is_another_page

    def encoded(self) -> None:
        """It was, as it is."""
        self.changed = 0.0
        self.is_another_page = False

    def _paint(self, patches: Patches) -> None:
        for patch in patches.patches:
            for old, new in self._pairs(patch):
                old[:] = new

    def _pairs(self, patch: Patch) -> list[tuple[Plane, Plane]]:
        """The rows of each plane here, and those of the patch."""
        found = []
        for plane, rows, top_px in zip(
            self._planes,
            patch.planes,
            (patch.top_px, patch.top_px // 2, patch.top_px // 2),
            strict=True,
        ):
            found.append((plane[top_px : top_px + len(rows)], rows))
        return found
