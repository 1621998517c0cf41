"""The head turned away from the calibrated pose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen, HeadPose
from proctor_desktop.core.rules.head_turned import HeadTurned
from proctor_desktop.core.rules.rule import Reading

RULE = HeadTurned(policy.HeadTurned(left_deg=30, right_deg=35, up_deg=20, down_deg=25))
angles = st.floats(-90, 90)


def read(yaw: float, pitch: float) -> Reading:
    reading = RULE.read(HeadPose(5, yaw, pitch, 0.0, 0.8))
    assert reading is not None
    return reading


@pytest.mark.parametrize(
    ("yaw", "pitch", "suspicious", "words"),
    [
        (30, 0, False, "to the left"),
        (30.1, 0, True, "to the left"),
        (-35, 0, False, "to the right"),
        (-35.1, 0, True, "to the right"),
        (0, 20.1, True, "up"),
        (0, -25, False, "down"),
        (0, -25.1, True, "down"),
    ],
)
def test_each_direction_has_its_own_limit(
    yaw: float, pitch: float, suspicious: bool, words: str
) -> None:
    reading = read(yaw, pitch)
    assert reading.suspicious == suspicious
    assert words in reading.reason


def test_of_two_directions_the_one_further_over_its_limit_is_told() -> None:
    reading = read(33, 40)
    assert (reading.measured, reading.threshold, reading.unit) == (40, 20, "deg")


@given(angles, angles)
def test_it_is_suspicious_exactly_when_one_limit_is_passed(yaw: float, pitch: float) -> None:
    over = yaw > 30 or yaw < -35 or pitch > 20 or pitch < -25
    assert read(yaw, pitch).suspicious == over


def test_it_is_as_sure_as_the_pose_and_names_the_picture() -> None:
    assert (read(40, 0).confidence, read(40, 0).frame) == (0.8, 5)


def test_without_a_pose_it_says_nothing() -> None:
    assert RULE.read(FacesSeen(1, ())) is None
