from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import radians

import pytest

from proctor_desktop.core.moment import Moment
from proctor_desktop.vision.eyes import Eyes, eyes_of
from proctor_desktop.vision.gaze import SIDEWAYS_RADIUS_MM, SteadyGaze, look_of, sureness
from proctor_desktop.vision.geometry import Rotation, fit, relative
from proctor_desktop.vision.screen import Look
from tests.fakes.gazing import REFERENCE, Face, gazing_mesh

START = Moment(0, datetime(2026, 3, 1, tzinfo=UTC))


def seen(face: Face) -> tuple[Eyes, Rotation]:
    mesh = gazing_mesh(face)
    turn = fit(mesh, REFERENCE).rotation
    eyes = eyes_of(mesh, turn)
    assert eyes is not None
    return eyes, turn


USUAL, NEUTRAL = seen(Face())


def look(face: Face) -> tuple[float, float]:
    eyes, turn = seen(face)
    found = look_of(eyes, relative(turn, NEUTRAL), USUAL)
    return found.horizontal_deg, found.vertical_deg


@pytest.mark.parametrize(("left", "up"), [(20, 0), (-20, 0), (0, 12), (0, -15), (-14, 9)])
def test_the_eyes_alone_tell_where_somebody_looks(left: float, up: float) -> None:
    assert look(Face(left, up)) == pytest.approx((left, up), abs=0.1)


@pytest.mark.parametrize("yaw", [-30, -15, 15, 30])
def test_eyes_that_stay_on_the_screen_while_the_head_turns_look_at_it(yaw: float) -> None:
    assert look(Face(yaw_deg=yaw)) == pytest.approx((0, 0), abs=0.5)


@pytest.mark.parametrize("pitch", [-15, 15])
def test_and_while_it_nods(pitch: float) -> None:
    assert look(Face(pitch_deg=pitch)) == pytest.approx((0, 0), abs=0.5)


def test_a_head_that_turns_takes_the_gaze_along() -> None:
    assert look(Face(left_deg=25, yaw_deg=25)) == pytest.approx((25, 0), abs=0.5)
    assert look(Face(up_deg=-20, pitch_deg=-20)) == pytest.approx((0, -20), abs=0.5)


def test_no_eye_turns_further_than_eyes_do() -> None:
    assert look(Face(left_deg=80)) == pytest.approx((35, 0), abs=0.1)


def moved(eyes: Eyes, left_deg: float = 0.0, right_deg: float = 0.0) -> Eyes:
    """The same eyes, but drawn as if each were turned to the left by that much more."""
    return Eyes(
        *(
            replace(eye, iris_left_mm=eye.iris_left_mm + SIDEWAYS_RADIUS_MM * radians(by_deg))
            for eye, by_deg in ((eyes.left, left_deg), (eyes.right, right_deg))
        ),
        eyes.px_per_mm,
    )


def look_with(face: Face, left_deg: float, right_deg: float) -> float:
    eyes, turn = seen(face)
    return look_of(moved(eyes, left_deg, right_deg), relative(turn, NEUTRAL), USUAL).horizontal_deg


def test_in_a_straight_head_the_eye_that_moved_further_is_believed() -> None:
    assert look_with(Face(), 10, 20) == pytest.approx(20, abs=0.2)
    assert look_with(Face(), -10, -20) == pytest.approx(-20, abs=0.2)


@pytest.mark.parametrize("side", [-1, 1])
def test_in_a_turned_head_eyes_are_ahead_only_as_far_as_both_are(side: int) -> None:
    turned = Face(left_deg=20 * side, yaw_deg=20 * side)
    assert look_with(turned, 0, 25 * side) == pytest.approx(20 * side, abs=0.5)
    assert look_with(turned, -3 * side, 25 * side) == pytest.approx(20 * side, abs=0.5)
    assert look_with(turned, 10 * side, 25 * side) == pytest.approx(30 * side, abs=0.5)


@pytest.mark.parametrize("side", [-1, 1])
def test_and_eyes_that_stay_behind_are_taken_at_their_mean(side: int) -> None:
    turned = Face(left_deg=20 * side, yaw_deg=20 * side)
    assert look_with(turned, -10 * side, -20 * side) == pytest.approx(5 * side, abs=2)


@pytest.mark.parametrize("roll", [-20, 20])
def test_a_tilted_head_changes_nothing(roll: float) -> None:
    assert look(Face(left_deg=15, roll_deg=roll)) == pytest.approx((15, 0), abs=1.0)


def test_the_distance_changes_nothing() -> None:
    assert look(Face(left_deg=15, apart_px=35)) == pytest.approx((15, 0), abs=0.1)


def test_where_iris_and_lids_disagree_nobody_looks_up_or_down() -> None:
    eyes, turn = seen(Face(up_deg=-15))
    raised_brows = Eyes(
        *(
            type(eye)(eye.aspect, eye.iris_left_mm, eye.iris_up_mm, 8.0, -2.5, eye.width_mm)
            for eye in (eyes.left, eyes.right)
        ),
        eyes.px_per_mm,
    )
    assert look_of(raised_brows, relative(turn, NEUTRAL), USUAL).vertical_deg == pytest.approx(
        0, abs=0.1
    )


def test_one_odd_picture_does_not_move_the_gaze() -> None:
    steady = SteadyGaze()
    for number in range(4):
        steady.add(START.later(number / 8), Look(0, 0))
    assert steady.add(START.later(0.5), Look(40, 0)) == Look(0, 0)


def test_a_gaze_that_stays_is_believed_from_its_second_picture_on() -> None:
    steady = SteadyGaze()
    for number in range(5):
        steady.add(START.later(number / 8), Look(0, 0))
    moved = [steady.add(START.later(0.625 + number / 8), Look(20, 0)) for number in range(2)]
    assert moved == [Look(0, 0), Look(20, 0)]


def test_a_blink_is_held_and_closed_eyes_look_nowhere() -> None:
    steady = SteadyGaze()
    steady.add(START, Look(3, 1))
    assert steady.add(START.later(0.5), None) == Look(3, 1)
    assert steady.add(START.later(1.0), None) is None
    assert steady.add(START.later(1.1), Look(-5, 0)) == Look(-5, 0)


def test_without_a_first_look_there_is_none() -> None:
    assert SteadyGaze().add(START, None) is None


def sure(eyes: Eyes, turn: Rotation) -> float:
    return sureness(eyes, relative(turn, NEUTRAL), USUAL, 0.9)


def test_small_faces_are_less_sure() -> None:
    assert sure(*seen(Face())) == 0.9
    assert 0.4 < sure(*seen(Face(apart_px=25))) < 0.5


@pytest.mark.parametrize(
    ("apart_deg", "least", "most"), [(15, 0.9, 0.9), (30, 0.5, 0.6), (50, 0, 0)]
)
def test_eyes_that_are_drawn_apart_are_less_sure(
    apart_deg: float, least: float, most: float
) -> None:
    eyes, turn = seen(Face())
    assert least <= sure(moved(eyes, right_deg=apart_deg), turn) <= most
