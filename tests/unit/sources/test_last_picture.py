from __future__ import annotations

import numpy as np
import pytest

from proctor_desktop.sources.last_picture import LastPicture


def picture(height: int = 100) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(1).integers(0, 255, (height, 50, 4)).astype(np.uint8)


def test_the_first_picture_and_one_of_another_size_are_taken_whole() -> None:
    last = LastPicture()
    assert last.update(picture()) is None
    assert last.update(picture(64)) is None
    assert last.image.shape == (64, 50, 4)
    last.forget()
    assert last.update(picture(64)) is None


def test_the_same_picture_has_no_new_rows() -> None:
    last = LastPicture()
    last.update(picture())
    assert last.update(picture()) == ()


def test_new_rows_are_named_and_taken_over() -> None:
    last = LastPicture()
    last.update(picture())
    later = picture()
    for row in (5, 9, 31, 70, 99):
        later[row, 49, 2] ^= 1
    assert last.update(later) == (range(5, 32), range(70, 71), range(99, 100))
    assert np.array_equal(last.image, later)


def test_what_is_kept_is_a_copy() -> None:
    last, shared = LastPicture(), picture()
    last.update(shared)
    shared[:] = 0
    assert np.array_equal(last.image, picture())


def test_there_is_nothing_before_the_first_picture() -> None:
    with pytest.raises(ValueError, match="no picture"):
        _ = LastPicture().image
