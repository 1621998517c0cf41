from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.sources.seen_rows import SeenRows


def picture(height: int = 200, width: int = 50) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 255, (height, width, 4)).astype(np.uint8)


def test_the_first_picture_and_one_of_another_size_are_taken_whole() -> None:
    seen = SeenRows()
    assert seen.update(picture()) is None
    assert seen.update(picture(64)) is None
    assert seen.update(picture(64, 52)) is None
    assert seen.update(picture(64, 52)) == ()
    seen.forget()
    assert seen.update(picture(64, 52)) is None


@pytest.mark.parametrize("width", [50, 51, 1])
def test_new_rows_are_named_and_those_next_to_each_other_together(width: int) -> None:
    seen = SeenRows()
    seen.update(picture(width=width))
    later = picture(width=width)
    for row in (5, 9, 31, 70, 199):
        later[row, width - 1, 2] ^= 1
    assert seen.update(later) == (range(5, 32), range(70, 71), range(199, 200))
    assert seen.update(later) == ()


@pytest.mark.parametrize("channel", range(4))
def test_no_change_of_a_single_bit_is_missed(channel: int) -> None:
    image = np.zeros((64, 64, 4), np.uint8)
    for bit in range(8):
        seen = SeenRows()
        seen.update(image)
        later = image.copy()
        later[np.arange(64), np.arange(64), channel] = 1 << bit
        assert seen.update(later) == (range(64),)


def test_pixels_that_change_places_are_a_change() -> None:
    seen = SeenRows()
    seen.update(picture())
    assert seen.update(picture()[:, ::-1]) == (range(200),)


def test_many_pixels_with_the_same_change_do_not_cancel_out() -> None:
    seen, image = SeenRows(), np.zeros((256, 1920, 4), np.uint8)
    seen.update(image)
    later = image.copy()
    later[np.arange(1, 256), :, 2] = np.arange(1, 256, dtype=np.uint8)[:, None]
    assert seen.update(later) == (range(1, 256),)
