from __future__ import annotations

import numpy as np
import pytest

from proctor_desktop.recording.canvas import ALL_CHANGED, NO_CHANGE, Canvas
from proctor_desktop.recording.conversion import patches, planes_of
from tests.fakes.screen_frames import screen_frame


@pytest.mark.parametrize("size", [(320, 200), (321, 201), (200, 100)])
def test_pictures_are_compared_as_the_encoder_sees_them(size: tuple[int, int]) -> None:
    page = screen_frame(0, 0, text=4, size=size).image
    letter, alpha = page.copy(), page.copy()
    letter[10:14, 30:34, :3] = 0
    letter[10:14, 30:34, 0] = 255
    alpha[:, :, 3] = 0

    canvas = Canvas(patches(page))
    assert canvas.change(patches(page.copy())) == NO_CHANGE
    assert canvas.change(patches(alpha)) == NO_CHANGE
    assert 0 < canvas.change(patches(letter)).share < 0.001


def test_a_change_of_colour_alone_is_one() -> None:
    page = np.full((100, 200, 4), 128, np.uint8)
    canvas = Canvas(patches(page))
    new = patches(page)
    new.patches[0].planes[1][20:30, 40] += 9
    assert 0 < canvas.change(new).share < 0.0001


def test_another_size_is_unlike_altogether() -> None:
    canvas = Canvas(patches(screen_frame(0, 0).image))
    assert canvas.change(patches(screen_frame(0, 0, size=(640, 400)).image)) == ALL_CHANGED


def test_it_shows_what_is_painted_and_knows_since_when() -> None:
    canvas = Canvas(patches(screen_frame(0, 0).image))
    assert canvas.changed == 1.0
    canvas.encoded()
    wanted = screen_frame(2, 1).image
    new = patches(wanted, [range(32)])
    canvas.paint(new, canvas.change(new))
    assert 0 < canvas.changed < 0.1
    shown = planes_of(canvas.picture)
    for plane, other in zip(shown, patches(wanted).patches[0].planes, strict=True):
        assert np.array_equal(plane, other)
    canvas.encoded()
    canvas.paint(new, canvas.change(new))
    assert canvas.changed == 0
