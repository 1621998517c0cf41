"""Pictures of a screen that is typed on, and a disk that breaks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from proctor_desktop.core.frame import Frame
from proctor_desktop.recording.canvas import Canvas
from proctor_desktop.recording.conversion import Patches, patches
from proctor_desktop.recording.segment import ShownFrame
from proctor_desktop.recording.segment_file import SegmentFile
from proctor_desktop.recording.segmenter import ScreenFrame
from tests.fakes.manual_clock import START


def screen_frame(
    number: int, at_s: float, text: int | None = None, size: tuple[int, int] = (320, 200)
) -> ScreenFrame:
    """A white page with ``text`` black bars (``number`` if None), ``at_s`` after the start."""
    image = np.full((size[1], size[0], 4), 255, np.uint8)
    for line in range(number if text is None else text):
        image[5 + 9 * (line % 20) : 9 + 9 * (line % 20), 10 : 40 + 3 * (line % 80)] = 0
    return Frame(number, START.later(at_s), image)


def another_page(number: int, at_s: float) -> ScreenFrame:
    """A page that is unlike the one before it almost everywhere."""
    image = screen_frame(number, at_s).image
    return Frame(number, START.later(at_s), image ^ np.uint8(number % 2 * 255))


def noisy_frame(number: int, at_s: float, size: tuple[int, int]) -> ScreenFrame:
    """A picture that no codec can make small."""
    noise = np.random.default_rng(number).integers(0, 255, (size[1], size[0], 4))
    return Frame(number, START.later(at_s), noise.astype(np.uint8))


def shown_frame(number: int, at_s: float) -> ShownFrame:
    """The same page on a canvas of its own."""
    frame = screen_frame(number, at_s)
    return Frame(frame.number, frame.moment, Canvas(patches(frame.image)))


def prepared(frame: ScreenFrame, changed: Sequence[range] | None = None) -> Frame[Patches | None]:
    """A picture as it waits for the segmenter's thread."""
    return Frame(frame.number, frame.moment, patches(frame.image, changed))


class FailingFile(SegmentFile):
    """A segment's file on a disk that ``problem`` befell; None for a healthy one."""

    problem: OSError | None = None

    def __init__(self, path: Path) -> None:
        if self.problem is not None:
            raise self.problem
        super().__init__(path)

    def _append(self, data: bytes) -> None:
        if self.problem is not None:
            raise self.problem
        super()._append(data)

    def sync(self) -> None:
        if self.problem is not None:
            raise self.problem
        super().sync()
