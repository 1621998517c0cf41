"""Eyes that stay closed."""

from __future__ import annotations

import pytest

from proctor_desktop.core import policy
from proctor_desktop.core.observation import EyesSeen, FacesSeen
from proctor_desktop.core.rules.eyes_closed import EyesClosed
from tests.playbook import Playbook, ended, nothing, started

RULE = EyesClosed(policy.EyesClosed(openness=0.35))


def test_eyes_closed_for_two_seconds_are_told_and_so_is_their_opening() -> None:
    play = Playbook().until(10).until(14, openness=0.1).until(16)
    play.expects(started("eyes_closed", at=12.1), ended("eyes_closed", at=14.6, within=0.2))
    assert "Both eyes closed: 10% open" in play.start_of("eyes_closed")["reason"]
    assert play.end_of("eyes_closed")["duration_s"] == 4.0


@pytest.mark.parametrize("blink_s", [0.125, 0.25, 0.375])
def test_blinks_never_count(blink_s: float) -> None:
    play = Playbook()
    for start in range(3, 93, 3):
        play.until(start).until(start + blink_s, openness=0.05)
    play.until(95).expects(nothing)


def test_a_burst_of_blinks_is_not_closed_eyes() -> None:
    play = Playbook().until(5)
    for _ in range(10):
        play.until(play.now_s + 0.25, openness=0.05).until(play.now_s + 0.25)
    play.expects(nothing)


def test_lids_that_are_low_because_the_gaze_is_are_open() -> None:
    Playbook().until(5).until(30, openness=0.1, looking_down=True).expects(nothing)


def test_one_odd_picture_within_changes_nothing() -> None:
    play = Playbook().until(10).until(11, openness=0.1).until(11.125).until(14, openness=0.1)
    play.until(14.125).until(15, openness=0.1).until(17)
    play.expects(started("eyes_closed", at=12.1), ended("eyes_closed", at=15.6, within=0.2))


@pytest.mark.parametrize(("left", "right"), [(0.1, 0.1), (0.1, 0.9), (0.9, 0.1), (0.9, 0.9)])
def test_it_takes_both_eyes(left: float, right: float) -> None:
    reading = RULE.read(EyesSeen(1, left, right, False))
    assert reading is not None
    assert reading.suspicious == (left < 0.35 and right < 0.35)


def test_other_observations_say_nothing() -> None:
    assert RULE.read(FacesSeen(1, ())) is None
