"""The one picture that is encoded again and again, painted over where the screen changed."""

from __future__ import annotations

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from proctor_desktop.recording.conversion import Patch, Patches, Plane, planes_of


class Canvas:
    """Holds what the screen showed last, as the encoder takes it: 3 MB at 1920 x 1080.

    ``changed`` is the share of pixels that were painted otherwise since the picture was last
    encoded, 0 only if none was. Encoders copy what they are given, so it may be painted on then.
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

    def unlike(self, patches: Patches) -> float:
        """The share of pixels in which ``patches`` differ from it, 0 only if in none at all."""
        if patches.size_px != self.size_px:
            return 1.0
        pairs = [pair for patch in patches.patches for pair in self._pairs(patch)]
        if all(np.array_equal(old, new) for old, new in pairs):
            return 0.0
        lumas = pairs[::3]
        differ = sum(int(np.count_nonzero(old != new)) for old, new in lumas)
        return max(differ / self._planes[0].size, float(np.finfo(float).tiny))

    def paint(self, patches: Patches, unlike: float) -> None:
        """Show what is new, of which ``unlike`` was found before."""
        self._paint(patches)
        self.changed += unlike

    def encoded(self) -> None:
        """It was, as it is."""
        self.changed = 0.0

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
