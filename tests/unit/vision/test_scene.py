from __future__ import annotations

import datetime

import cv2
import numpy as np
import pytest

from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.vision.picture import PictureWatch
from tests.fakes.rooms import Picture, hand, lived_in, room, watched

ROOM, OTHER = room(1), room(2)


def replaced_at(pictures: list[Picture]) -> list[int]:
    return [one.frame for one in watched(pictures) if one.replaced]


def replaced_after_an_outage(before: Picture, after: list[Picture], outage_s: float) -> list[float]:
    """Seconds after the outage at which another scene is told of."""
    watch, told = PictureWatch(), []
    back_s = 4 + outage_s
    shown = [(n / 8, one) for n, one in enumerate(lived_in(before, 32))]
    shown += [(back_s + n / 8, one) for n, one in enumerate(after)]
    wall = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
    for number, (time_s, picture) in enumerate(shown):
        moment = Moment(NS_PER_S + round(time_s * NS_PER_S), wall)
        seen = watch.see(picture, moment, number)
        if seen is not None and seen.replaced:
            told.append(time_s - back_s)
    return told


def person(picture: Picture, x: int) -> Picture:
    there = picture.copy()
    cv2.ellipse(there, (x, 300), (120, 260), 0, 0, 360, (180, 140, 120), -1)
    return there


def test_another_room_from_one_moment_to_the_next_is_told_once_within_two_seconds() -> None:
    frames = replaced_at(lived_in(ROOM, 20) + lived_in(OTHER, 40, 100))
    assert len(frames) == 1
    assert 20 + 8 <= frames[0] <= 20 + 16


def test_another_room_for_a_moment_is_nothing() -> None:
    pictures = lived_in(ROOM, 20) + lived_in(OTHER, 6, 100) + lived_in(ROOM, 24, 200)
    assert not replaced_at(pictures)


def test_a_lamp_is_not_another_room() -> None:
    dark = (ROOM * 0.1).astype(np.uint8)
    assert not replaced_at(lived_in(ROOM, 20) + lived_in(dark, 24, 100) + lived_in(ROOM, 24, 200))


def test_a_person_who_leaves_or_leans_in_is_not_another_room() -> None:
    sitting, near = person(ROOM, 320), person(person(ROOM, 250), 390)
    assert not replaced_at(
        lived_in(sitting, 20) + lived_in(ROOM, 20, 100) + lived_in(near, 20, 200)
    )


def test_a_hand_over_the_lens_is_not_another_room() -> None:
    for frames in (6, 24):
        pictures = lived_in(ROOM, 20) + lived_in(hand(60.0), frames, 100)
        assert not replaced_at(pictures + lived_in(ROOM, 24, 200))


def test_a_lid_that_is_moved_shows_the_same_room_elsewhere() -> None:
    tall = np.vstack([ROOM, room(3)])
    for step in (10, 40, 200):  # slow, quick, a knock
        shifts = [*range(0, 200, step), *[200] * 24]
        pictures = [tall[shift : shift + 480] for shift in [0] * 16 + shifts]
        assert not replaced_at([one.copy() for one in pictures])


def test_from_a_bare_wall_nothing_can_be_told() -> None:
    wall = np.full((480, 640, 3), 150, np.uint8)
    assert not replaced_at(lived_in(wall, 20) + lived_in(ROOM, 24, 100))


def test_a_bumped_computer_shows_the_same_room_moved_both_ways() -> None:
    """Everything in the picture moves at once, sideways and up, and stays there."""
    wide = cv2.resize(ROOM, None, fx=1.3, fy=1.3)
    middle = np.ascontiguousarray(wide[72:552, 96:736])
    for right, down in ((80, 60), (-90, 50), (60, -70)):
        bumped = np.ascontiguousarray(wide[72 + down : 552 + down, 96 + right : 736 + right])
        assert not replaced_at(lived_in(middle, 20) + lived_in(bumped, 40, 100))


@pytest.mark.parametrize("outage_s", [3.0, 60.0])
def test_a_camera_that_comes_back_and_shows_another_room_is_told(outage_s: float) -> None:
    told = replaced_after_an_outage(person(ROOM, 320), lived_in(person(OTHER, 300), 48), outage_s)
    assert len(told) == 1
    assert told[0] <= 2


@pytest.mark.parametrize("outage_s", [3.0, 60.0])
def test_a_camera_that_comes_back_to_the_same_room_is_nothing(outage_s: float) -> None:
    dark = (person(ROOM, 400) * 0.4).astype(np.uint8)
    for after in (person(ROOM, 480), ROOM, person(person(ROOM, 250), 390), dark):
        assert not replaced_after_an_outage(person(ROOM, 320), lived_in(after, 48), outage_s)


def test_a_camera_that_is_handled_when_it_comes_back_is_nothing() -> None:
    """It is put in place: nothing stays until it is the same room, a little moved."""
    handled = [one for n in range(10, 22) for one in lived_in(room(n), 2, n)]
    moved = np.roll(ROOM, (24, 40), (0, 1))
    assert not replaced_after_an_outage(ROOM, [*handled, *lived_in(moved, 40)], 3.0)


def test_a_person_alone_is_too_little_to_miss_a_room_by() -> None:
    wall = np.full((480, 640, 3), 150, np.uint8)
    near, other = person(wall, 200), person(person(wall, 420), 500)
    assert not replaced_after_an_outage(near, lived_in(other, 48), 3.0)


def test_another_room_behind_a_covered_lens_is_told_when_it_is_uncovered() -> None:
    pictures = lived_in(ROOM, 20) + lived_in(hand(60.0), 40, 100)
    assert len(replaced_at(pictures + lived_in(OTHER, 40, 200))) == 1
