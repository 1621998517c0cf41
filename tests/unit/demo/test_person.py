from __future__ import annotations

import numpy as np
import pytest

from proctor_desktop.demo.person import Person, make_person
from proctor_desktop.demo.portrait import Picture, Portrait
from proctor_desktop.demo.pose import ABSENT, AT_REST, Pose

WALL = (10, 200, 10)


@pytest.fixture(scope="module")
def person(portrait: Portrait) -> Person:
    return make_person(portrait)


def _drawn(person: Person, pose: Pose) -> Picture:
    canvas = np.full((480, 640, 3), WALL, np.uint8)
    person.draw(canvas, pose)
    return canvas


def _wall(picture: Picture) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return np.asarray((picture == WALL).all(axis=2))


def test_at_rest_the_person_looks_like_the_portrait(person: Person, portrait: Portrait) -> None:
    drawn = _drawn(person, AT_REST)
    inside = portrait.person[::8, ::8] > 0
    differences = np.abs(drawn[::8, ::8].astype(int) - portrait.picture[::8, ::8]).max(axis=2)
    assert np.median(differences[inside]) <= 2
    assert (differences[inside] < 40).mean() > 0.9


def test_the_portraits_own_wall_does_not_come_along(person: Person) -> None:
    for yaw in (-40, 0, 40):
        drawn = _drawn(person, Pose(yaw_deg=yaw)).astype(int)
        assert not (drawn.min(axis=2) > 235).any()


def test_who_is_absent_or_far_outside_leaves_no_trace(person: Person) -> None:
    assert _wall(_drawn(person, ABSENT)).all()
    assert _wall(_drawn(person, Pose(shift_x_px=-650))).all()
    assert _wall(_drawn(person, Pose(shift_x_px=650))).all()


def test_a_shift_moves_the_whole_person(person: Person) -> None:
    at_rest, moved = _drawn(person, AT_REST), _drawn(person, Pose(shift_x_px=40))
    assert (np.abs(at_rest[:, :600].astype(int) - moved[:, 40:]) <= 3).mean() > 0.999


def test_half_a_pixel_is_not_lost(person: Person) -> None:
    at_rest, moved = _drawn(person, AT_REST), _drawn(person, Pose(shift_x_px=0.5))
    assert (at_rest != moved).any()


def test_a_turning_head_leaves_the_torso_alone(person: Person, portrait: Portrait) -> None:
    below = int(portrait.landmarks[152, 1]) + 40
    at_rest, turned = _drawn(person, AT_REST), _drawn(person, Pose(yaw_deg=40))
    assert (at_rest[below:] == turned[below:]).all()
    assert (at_rest[:below] != turned[:below]).any()


def test_nobody_is_headless_half_out_of_the_picture(person: Person) -> None:
    drawn = _drawn(person, Pose(shift_x_px=-300))
    assert not _wall(drawn)[100:200, :40].all()
    assert _wall(drawn)[:, 260:].all()
