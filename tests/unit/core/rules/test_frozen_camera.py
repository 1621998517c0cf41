"""The same picture again and again."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen
from proctor_desktop.core.rules.frozen_camera import FrozenCamera
from tests.playbook import Playbook, ended, nothing, started


def test_a_frozen_picture_is_told_within_three_seconds_of_the_last_new_one() -> None:
    play = Playbook().until(10).until(16, frozen_since=10).until(20)
    play.expects(
        started("frozen_camera", at=12, within=0.5), ended("frozen_camera", at=16, within=1.1)
    )
    start = play.start_of("frozen_camera")
    assert 2.0 <= start["duration_s"] <= 2.5
    assert start["duration_s"] == start["measured"]
    assert play.end_of("frozen_camera")["duration_s"] == 6.5
    assert start["confidence"] == 1.0


def test_a_hiccup_of_a_second_and_a_half_is_nothing() -> None:
    Playbook().until(10).until(11.5, frozen_since=10).until(15).expects(nothing)


def test_other_observations_say_nothing() -> None:
    assert FrozenCamera(policy.FrozenCamera()).read(FacesSeen(1, ())) is None
