from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin

import pytest

from proctor_desktop.vision.coarse_pose import (
    CLEARLY_TURNED_DEG,
    EYE_DISTANCE,
    LEAST_SCORE,
    NOSE_REACH,
    coarse_pose,
    yaw_and_roll,
)
from proctor_desktop.vision.sight import Detection
from tests.fakes.faces import detection


def turned(yaw_deg: float, score: float = 0.9) -> Detection:
    turn = radians(yaw_deg)
    return detection(score=score, nose=NOSE_REACH * sin(turn), eyes=EYE_DISTANCE * cos(turn))


@pytest.mark.parametrize("yaw_deg", [-90, -70, -55, 55, 70, 90])
def test_a_profile_is_turned_to_its_own_side(yaw_deg: float) -> None:
    pose = coarse_pose(turned(yaw_deg))
    assert pose is not None
    assert pose.yaw_deg == pytest.approx(yaw_deg, abs=0.1)
    assert pose.pitch_deg == 0.0
    assert pose.roll_deg == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("yaw_deg", [-CLEARLY_TURNED_DEG + 1, -20, 0, 20, CLEARLY_TURNED_DEG - 1])
def test_less_than_a_clear_turn_is_not_told(yaw_deg: float) -> None:
    assert coarse_pose(turned(yaw_deg)) is None


def test_points_of_a_face_that_is_hardly_seen_are_not_read() -> None:
    assert coarse_pose(turned(70, score=LEAST_SCORE - 0.01)) is None


def test_eyes_that_have_changed_places_are_a_full_profile() -> None:
    pose = coarse_pose(detection(nose=0.4, eyes=-0.1))
    assert pose is not None
    assert pose.yaw_deg == 90.0


def test_a_head_that_leans_to_its_own_left_has_positive_roll() -> None:
    upright = detection()
    aspect = (640, 480)
    points = upright.keypoints * aspect
    leaning = points.copy()
    leaning[:, 0] = points[:, 0] - 0.3 * (points[:, 1] - points[:, 1].mean())
    _, roll_deg = yaw_and_roll(replace(upright, keypoints=(leaning / aspect).astype("float32")))
    assert roll_deg > 10


def test_points_that_fall_together_say_nothing() -> None:
    lost = replace(detection(), keypoints=detection().keypoints * 0)
    assert coarse_pose(lost) is None
