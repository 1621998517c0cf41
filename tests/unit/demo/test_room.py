from __future__ import annotations

import numpy as np

from proctor_desktop.demo.room import draw_room


def test_the_room_fills_a_camera_picture_and_has_an_empty_chair_in_the_middle() -> None:
    room = draw_room()
    assert room.shape == (480, 640, 3)
    assert room.dtype == np.uint8
    assert room[440, 320].max() < 80 < room[100, 320].min()


def test_two_rooms_are_the_same_and_not_shared() -> None:
    one, other = draw_room(), draw_room()
    assert (one == other).all()
    assert one is not other
