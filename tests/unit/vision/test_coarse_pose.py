from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin

import numpy as np
import pytest

from proctor_desktop.vision.coarse_pose import (
    CLEARLY_TURNED_DEG,
    EYE_DISTANCE,
    LEAST_SCORE,
    NOSE_REACH,
    coarse_yaw_deg,
)
from proctor_desktop.vision.sight import Detection
from tests.fakes.faces import detection


def turned(yaw_deg: float, score: float = 0.9) -> Detection:
    turn = radians(yaw_deg)
    return detection(score=score, nose=NOSE_REACH * sin(turn), eyes=EYE_DISTANCE * cos(turn))


@pytest.mark.parametrize("yaw_deg", [-90, -70, -55, 55, 70, 90])
def test_a_profile_is_turned_to_its_own_side(yaw_deg: float) -> None:
    assert coarse_yaw_deg(turned(yaw_deg)) == pytest.approx(yaw_deg, abs=0.1)


@pytest.mark.parametrize("yaw_deg", [-CLEARLY_TURNED_DEG + 1, -20, 0, 20, CLEARLY_TURNED_DEG - 1])
def test_less_than_a_clear_turn_is_not_told(yaw_deg: float) -> None:
    assert coarse_yaw_deg(turned(yaw_deg)) is None


def test_points_of_a_face_that_is_hardly_seen_are_not_read() -> None:
    assert coarse_yaw_deg(turned(70, score=LEAST_SCORE - 0.01)) is None


def test_eyes_that_have_changed_places_are_a_full_profile() -> None:
    assert coarse_yaw_deg(detection(nose=0.4, eyes=-0.1)) == 90.0


@pytest.mark.parametrize("lean_deg", [-25, 25])
def test_a_head_that_leans_is_as_far_turned_as_it_was(lean_deg: float) -> None:
    upright = turned(70)
    lean = radians(lean_deg)
    in_the_plane = np.array(((cos(lean), -sin(lean)), (sin(lean), cos(lean))))
    leaning = upright.keypoints * (640, 480) @ in_the_plane.T / (640, 480)
    found = coarse_yaw_deg(replace(upright, keypoints=leaning.astype(np.float32)))
    assert found == pytest.approx(70, abs=0.1)


def test_points_that_fall_together_say_nothing() -> None:
    lost = replace(detection(), keypoints=detection().keypoints * 0)
    assert coarse_yaw_deg(lost) is None
