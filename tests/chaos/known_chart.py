"""A chart whose pixels are known: shown on a screen, and found again in video of that screen."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

SEED = 20261121
KNOWN = np.random.default_rng(SEED).integers(0, 256, (48, 3), np.uint8)
"""Pixels (red, green, blue) that stand in every picture, from one edge of it on."""

_BLOCK_PX, _ACROSS = 32, 8
_CORNER = 40
_EVERY_S = 0.4
_MEAN_ERROR = 24.0

Picture = NDArray[np.uint8]


def chart() -> Picture:
    """Each known colour as a block, and a row of all of them pixel by pixel, three times."""
    colours = KNOWN.reshape(-1, _ACROSS, 3)
    blocks = colours.repeat(_BLOCK_PX, axis=0).repeat(_BLOCK_PX, axis=1)
    rows = np.zeros((3, blocks.shape[1], 3), np.uint8)
    rows[:, : len(KNOWN)] = KNOWN
    return np.concatenate([blocks, rows])


def shows_chart(picture: Picture) -> bool:
    """Whether the blocks are where they were drawn, as well as lossy video keeps them."""
    wanted = chart()[: len(KNOWN) // _ACROSS * _BLOCK_PX].astype(np.int16)
    there = picture[_CORNER:, _CORNER:][: wanted.shape[0], : wanted.shape[1]]
    return there.shape == wanted.shape and float(np.abs(there - wanted).mean()) < _MEAN_ERROR


def known_bytes() -> Iterator[bytes]:
    """The known pixels in the orders in which programs keep pictures, a good part of each."""
    middle = KNOWN[8:40]
    for alpha in (0, 255):
        four = np.concatenate([middle, np.full((len(middle), 1), alpha, np.uint8)], axis=1)
        yield four.tobytes()
        yield four[:, [2, 1, 0, 3]].tobytes()
    yield middle.tobytes()
    yield middle[:, ::-1].tobytes()
    for plane in range(3):
        yield np.ascontiguousarray(middle[:, plane]).tobytes()


def show() -> None:
    """Fill the display with the chart and something that moves, until killed."""
    from Xlib import X, display  # noqa: PLC0415 - only where there is a display

    connection = display.Display()
    screen = connection.screen()
    window = screen.root.create_window(
        *(0, 0, screen.width_in_pixels, screen.height_in_pixels, 0, screen.root_depth),
        background_pixel=screen.white_pixel,
        override_redirect=True,
    )
    window.map()
    pen = window.create_gc()
    picture = np.zeros((*chart().shape[:2], 4), np.uint8)
    picture[..., :3] = chart()[..., ::-1]
    high, wide = picture.shape[:2]

    def draw(x: int, y: int) -> None:
        put = (x, y, wide, high, X.ZPixmap, screen.root_depth, 0, picture.tobytes())
        window.put_image(pen, *put)
        connection.sync()

    draw(_CORNER, _CORNER)
    print("ready", flush=True)
    for number in itertools.count():
        draw(2 * _CORNER + wide + number % 50 * 4, 2 * _CORNER + number % 30 * 8)
        time.sleep(_EVERY_S)


if __name__ == "__main__":
    sys.exit(show())
