"""From a screen's own pixels to what encoders take: luma and colour apart, the colour at half size.

Only rows that changed are converted: a line of text takes 1 ms, a screen of 1920 x 1080 4 to 10.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import av
import numpy as np
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]

_BAND_PX = 32
_MARGIN_PX = 2
"""A row of colour is made of the rows next to it as well."""

_WINDOW_PX = _BAND_PX + 2 * _MARGIN_PX


@dataclass(frozen=True, slots=True)
class Patch:
    """Some rows as the encoder takes them, from ``top_px`` on, which is even: luma and colours."""

    top_px: int
    planes: tuple[Plane, Plane, Plane]


@dataclass(frozen=True, slots=True)
class Patches:
    """What is new in a picture of this size, of which both sides are even; ``whole`` if all is."""

    size_px: tuple[int, int]
    patches: tuple[Patch, ...]
    whole: bool


class _Reformatters(threading.local):
    """One a thread for each size, kept: to prepare takes a quarter as long as to convert."""

    def __init__(self) -> None:
        self.whole, self.window = VideoReformatter(), VideoReformatter()


_kept = _Reformatters()


def encodable(image: NDArray[np.uint8]) -> av.VideoFrame:
    """A BGRA picture as the encoder takes it, in three eighths of the memory."""
    return _converted(_with_even_sides(image), _kept.whole)


def patches(image: NDArray[np.uint8], changed: Sequence[range] | None = None) -> Patches:
    """The rows ``changed`` of a BGRA picture, and some next to them; all rows if it is None.

    They come out as if the whole picture had been converted.
    """
    height_px, width_px = image.shape[:2]
    size_px = even(width_px), even(height_px)
    bands = None if changed is None else _bands(changed, height_px)
    few = bands is not None and 2 * len(bands) * _BAND_PX <= height_px
    if bands is None or not few or size_px != (width_px, height_px) or height_px < _WINDOW_PX:
        whole = Patch(0, planes_of(encodable(image)))
        return Patches(size_px, (whole,), whole=True)
    return Patches(size_px, tuple(_band(image, band) for band in bands), whole=False)


def planes_of(frame: av.VideoFrame) -> tuple[Plane, Plane, Plane]:
    """Its pixels, without what fills up their lines; they are not copied."""
    luma, blue, red = (_pixels(plane) for plane in frame.planes)
    return luma, blue, red


def even(pixels: int) -> int:
    """A side of the video for that of a picture."""
    return pixels + pixels % 2


def _bands(changed: Iterable[range], height_px: int) -> list[int]:
    """The numbers of the bands that these rows have a part in."""
    found = set[int]()
    for rows in changed:
        first_px, end_px = max(rows.start - _MARGIN_PX, 0), min(rows.stop + _MARGIN_PX, height_px)
        found.update(range(first_px // _BAND_PX, -(-end_px // _BAND_PX)))
    return sorted(found)


def _band(image: NDArray[np.uint8], band: int) -> Patch:
    """All windows have one height, so that the conversion need not be prepared again."""
    height_px = image.shape[0]
    top_px = band * _BAND_PX
    bottom_px = min(top_px + _BAND_PX, height_px)
    window_px = min(max(top_px - _MARGIN_PX, 0), height_px - _WINDOW_PX)
    frame = _converted(image[window_px : window_px + _WINDOW_PX], _kept.window)
    luma, blue, red = planes_of(frame)
    rows = slice(top_px - window_px, bottom_px - window_px)
    half = slice(rows.start // 2, rows.stop // 2)
    return Patch(top_px, (luma[rows], blue[half], red[half]))


def _converted(image: NDArray[np.uint8], reformatter: VideoReformatter) -> av.VideoFrame:
    return reformatter.reformat(
        av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(image), format="bgra"),
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )


def _pixels(plane: VideoPlane) -> Plane:
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return lines[:, : plane.width]


def _with_even_sides(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    if not (height % 2 or width % 2):
        return image
    return np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
