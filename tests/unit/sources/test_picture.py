from __future__ import annotations

import numpy as np
import pytest

from proctor_desktop.sources.picture import fitted_size, padded


@pytest.mark.parametrize(
    ("size", "aspect", "fitted"),
    [
        ((640, 480), 1.0, (640, 480)),
        ((1280, 720), 1.0, (640, 360)),
        ((480, 848), 1.0, (272, 480)),
        ((300, 300), 1.0, (480, 480)),
        ((720, 576), 16 / 15, (640, 480)),
        ((1, 10_000), 1.0, (1, 480)),
    ],
)
def test_the_whole_picture_fits_with_its_shape_kept(
    size: tuple[int, int], aspect: float, fitted: tuple[int, int]
) -> None:
    assert fitted_size(*size, aspect) == fitted


def test_padding_is_black_and_even() -> None:
    image = np.full((360, 640, 3), 200, np.uint8)

    whole = padded(image)

    assert whole.shape == (480, 640, 3)
    assert np.all(whole[60:420] == 200)
    assert not whole[:60].any()
    assert not whole[420:].any()


def test_a_picture_of_the_right_size_is_not_copied() -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    assert padded(image) is image
