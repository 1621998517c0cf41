"""Boxes, letters and arrows on a picture, so that they can be read on anything.

Text stands in ASCII, because OpenCV's built-in font knows nothing else. All coordinates are pixels
of the picture that is drawn on, which is changed in place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

Image: TypeAlias = NDArray[np.uint8]
"""An RGB picture: ``uint8``, height x width x 3."""

Colour: TypeAlias = tuple[int, int, int]
Point: TypeAlias = tuple[int, int]
Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom."""

WORDS: Colour = (245, 245, 245)
LINE_PX = 18
PAD_PX = 4
DESCENT_PX = 4

_DARK: Colour = (24, 28, 34)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SCALE = 0.46
_MARGIN_PX = 8
_MOST_LINES = 3
_LEFT_LIGHT = 0.3
_TIP = 0.22
_GLYPHS = str.maketrans({"\N{DEGREE SIGN}": " deg", "\N{RIGHT SINGLE QUOTATION MARK}": "'"})


def corners(canvas: Image, box: Box, colour: Colour) -> None:
    """Only the corners of a box, so that the face within stays as it is."""
    left, top, right, bottom = box
    arm = max(6, min(right - left, bottom - top) // 5)
    for x, inward in ((left, arm), (right, -arm)):
        for y, down in ((top, arm), (bottom, -arm)):
            points = np.array([(x + inward, y), (x, y), (x, y + down)], np.int32)
            cv2.polylines(canvas, [points], False, _DARK, 4, cv2.LINE_AA)
            cv2.polylines(canvas, [points], False, colour, 2, cv2.LINE_AA)


def arrow(canvas: Image, start: Point, end: Point, colour: Colour, width: int) -> None:
    """An arrow with a dark rim."""
    for rim, drawn in ((2, _DARK), (0, colour)):
        cv2.arrowedLine(canvas, start, end, drawn, width + rim, cv2.LINE_AA, 0, _TIP)


def frame(canvas: Image, box: Box, colour: Colour) -> None:
    """A whole box with a dark rim."""
    for width, drawn in ((4, _DARK), (2, colour)):
        cv2.rectangle(canvas, box[:2], box[2:], drawn, width, cv2.LINE_AA)


def label(canvas: Image, box: Box, text: str, colour: Colour) -> None:
    """Above the box, or below it where there is no room above."""
    left, top, _, bottom = box
    baseline = top - DESCENT_PX - 3
    if baseline < LINE_PX:
        baseline = min(bottom + LINE_PX, canvas.shape[0] - DESCENT_PX)
    plate(canvas, (left, baseline), [(text, colour)])


def caption(canvas: Image, words: str) -> None:
    """The rule's words on a dimmed strip at the bottom."""
    text = ascii_only(words)
    if not text:
        return
    lines = _wrapped(text, canvas.shape[1] - 2 * _MARGIN_PX)
    top = max(canvas.shape[0] - len(lines) * LINE_PX - _MARGIN_PX, 0)
    _dim(canvas[top:])
    for number, line in enumerate(lines):
        _text(canvas, (_MARGIN_PX, top + (number + 1) * LINE_PX - 2), line, WORDS)


def plate(canvas: Image, at: Point, lines: Sequence[tuple[str, Colour]]) -> None:
    """Lines of text on a dimmed plate, the first with its baseline at ``at``, moved into view."""
    wide = max((width_px(text) for text, _ in lines), default=0)
    left = min(max(at[0], PAD_PX), max(canvas.shape[1] - wide - PAD_PX, PAD_PX))
    top = max(at[1] - LINE_PX + DESCENT_PX - 1, 0)
    _dim(canvas[top : top + len(lines) * LINE_PX + 2, left - PAD_PX : left + wide + PAD_PX])
    for number, (text, colour) in enumerate(lines):
        _text(canvas, (left, at[1] + number * LINE_PX), text, colour)


def box_px(canvas: Image, *fractions: float) -> Box:
    """A box in pixels (left, top, right, bottom), within the picture."""
    x, y, width, height = fractions
    tall, wide = canvas.shape[:2]
    across = [min(max(round(at * wide), 1), wide - 2) for at in (x, x + width)]
    down = [min(max(round(at * tall), 1), tall - 2) for at in (y, y + height)]
    return across[0], down[0], across[1], down[1]


def width_px(text: str) -> int:
    """How wide a line of text gets."""
    return int(cv2.getTextSize(ascii_only(text), _FONT, _SCALE, 1)[0][0])


def ascii_only(text: str) -> str:
    """``text`` in what the font can show: accents dropped, the degree sign in letters."""
    plain = unicodedata.normalize("NFKD", text.translate(_GLYPHS))
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return kept.encode("ascii", "replace").decode("ascii")


def _wrapped(text: str, room_px: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_px(longer) > room_px:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines[:_MOST_LINES]


def _dim(part: Image) -> None:
    """Darken a part of the picture, so that light letters can be read on anything."""
    part[:] = (part * _LEFT_LIGHT + np.array(_DARK) * (1 - _LEFT_LIGHT)).astype(np.uint8)


def _text(canvas: Image, at: Point, text: str, colour: Colour) -> None:
    cv2.putText(canvas, ascii_only(text), at, _FONT, _SCALE, colour, 1, cv2.LINE_AA)
