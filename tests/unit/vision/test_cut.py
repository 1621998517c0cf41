from __future__ import annotations

import cv2
import numpy as np
import pytest

from proctor_desktop.vision.cut import grey_share, replaced_share
from tests.fakes.rooms import Picture, hand, lived_in, room, watched

BEFORE = 20
GREY, GREEN = (176, 172, 168), (70, 120, 80)


def sitting(
    wall: tuple[int, int, int], x: int = 320, width: int = 110, clothes: int = 60
) -> Picture:
    """Somebody before a bare wall: nothing else is to be seen."""
    picture = np.full((480, 640, 3), wall, np.uint8)
    cv2.ellipse(picture, (x, 470), (2 * width, 190), 0, 0, 360, (clothes, clothes, 90), -1)
    cv2.ellipse(picture, (x, 210), (width, 150), 0, 0, 360, (205, 160, 140), -1)
    cv2.ellipse(picture, (x, 110), (width, 70), 0, 0, 360, (50, 40, 35), -1)
    for side in (-1, 1):
        cv2.ellipse(picture, (x + side * width // 2, 200), (18, 9), 0, 0, 360, (40, 30, 30), -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.5), np.uint8)


ONE, ANOTHER = sitting(GREY), sitting(GREEN, 250, 85, 190)


def replaced_at(*views: tuple[Picture, int]) -> list[int]:
    pictures = [
        one for n, (view, count) in enumerate(views) for one in lived_in(view, count, 100 * n)
    ]
    return [one.frame for one in watched(pictures) if one.replaced]


def lit(picture: Picture, *gains: float) -> Picture:
    return np.clip(picture * np.array(gains), 0, 255).astype(np.uint8)


def test_another_person_before_another_bare_wall_is_told_after_a_second() -> None:
    assert replaced_at((ONE, BEFORE), (ANOTHER, 24)) == [BEFORE + 8]
    assert replaced_at((ANOTHER, BEFORE), (ONE, 24)) == [BEFORE + 8]


def test_it_is_told_once_each_way() -> None:
    assert replaced_at((ONE, BEFORE), (ANOTHER, 24), (ONE, 24)) == [BEFORE + 8, BEFORE + 24 + 8]


@pytest.mark.parametrize("gains", [(0.4, 0.4, 0.4), (1.4, 1.4, 1.4), (1.25, 1, 0.6), (0.7, 1, 1.3)])
def test_light_exposure_and_white_balance_are_no_cut(gains: tuple[float, ...]) -> None:
    assert not replaced_at((ONE, BEFORE), (lit(ONE, *gains), 24), (ONE, 24))


def test_a_lamp_from_one_side_is_no_cut() -> None:
    field = np.linspace(1.4, 0.4, 640)[None, :, None]
    assert not replaced_at((ONE, BEFORE), ((ONE * field).astype(np.uint8), 24), (ONE, 24))


def test_somebody_who_leaves_or_sits_elsewhere_all_at_once_is_no_cut() -> None:
    gone = np.full((480, 640, 3), GREY, np.uint8)
    assert not replaced_at((ONE, BEFORE), (gone, 24), (sitting(GREY, 430), 24))


def test_another_view_for_a_moment_is_nothing() -> None:
    for frames in (1, 4, 7):
        assert not replaced_at((ONE, BEFORE), (ANOTHER, frames), (ONE, 24))


def test_what_is_before_a_covered_lens_is_no_scene() -> None:
    for frames in (8, 12, 32):
        assert not replaced_at((ONE, BEFORE), (hand(120.0), frames), (ONE, 24))


def test_from_or_into_the_dark_nothing_is_told() -> None:
    assert not replaced_at((lit(ONE, 0.04, 0.04, 0.04), BEFORE), (ANOTHER, 24))
    assert not replaced_at((lit(ONE, 0.3, 0.3, 0.3), BEFORE), (lit(ANOTHER, 1.7, 1.7, 1.7), 24))


def test_a_cut_that_is_found_by_the_room_as_well_is_told_once() -> None:
    assert len(replaced_at((room(1), BEFORE), (room(2), 40))) == 1


def test_a_share_counts_what_changed_in_any_colour_but_not_the_padding() -> None:
    one, other = np.full((60, 80, 3), 100, np.uint8), np.full((60, 80, 3), 100, np.uint8)
    other[:, :20, 2] = 140
    assert replaced_share(one, other) == pytest.approx(0.25)
    narrow = one[:, 20:60]
    assert replaced_share(one, narrow) == 0
    grey, brighter = np.zeros((60, 80), np.uint8), np.zeros((60, 80), np.uint8)
    grey[:, 20:60], brighter[:, 20:60] = 100, 140
    assert grey_share(grey, brighter) == 1.0


def test_a_black_picture_in_between_does_not_hide_a_cut() -> None:
    black = np.zeros((480, 640, 3), np.uint8)
    assert len(replaced_at((ONE, BEFORE), (black, 1), (ANOTHER, 24))) == 1


def nearer(picture: Picture, zoom: float) -> Picture:
    turn = cv2.getRotationMatrix2D((320, 240), 0, zoom)
    return np.asarray(cv2.warpAffine(picture, turn, (640, 480)), np.uint8)


@pytest.mark.parametrize("scene", [ONE, room(4)])
def test_a_camera_that_frames_its_user_by_itself_is_no_cut(scene: Picture) -> None:
    zooms = [*[1.0] * BEFORE, 1.15, 1.3, 1.45, *[1.6] * 24, 1.45, 1.3, 1.15, *[1.0] * 24]
    pictures = [lived_in(nearer(scene, zoom), 1, n)[0] for n, zoom in enumerate(zooms)]
    assert not [one.frame for one in watched(pictures) if one.replaced]


@pytest.mark.parametrize("speed_px", [60, 150, 300])
def test_somebody_who_passes_close_by_is_no_cut(speed_px: int) -> None:
    for scene in (ONE, room(4)):
        pictures = []
        for number, picture in enumerate(lived_in(scene, 64)):
            left = -500 + speed_px * (number - BEFORE)
            if number >= BEFORE and left < 640:
                picture[:, max(0, left) : max(0, left + 500)] = (60, 70, 120)
            pictures.append(picture)
        assert not [one.frame for one in watched(pictures) if one.replaced]
