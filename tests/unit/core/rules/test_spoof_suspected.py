"""A print or a screen in the place of a face."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen
from proctor_desktop.core.rules.spoof_suspected import SpoofSuspected
from tests.playbook import Playbook, ended, nothing, started


def test_a_screen_held_up_is_told_at_the_third_check_and_so_is_its_end() -> None:
    play = Playbook().until(10).until(20, live=0.02).until(40)
    play.expects(started("spoof_suspected", at=16), ended("spoof_suspected", at=26, within=2.1))
    start = play.start_of("spoof_suspected")
    assert "in 3 of the last 5 checks: 2% alive (at least 10%)" in start["reason"]
    assert start["confidence"] == 0.98


def test_two_doubtful_checks_of_five_are_the_light() -> None:
    play = Playbook()
    for start in range(0, 100, 10):
        play.until(start + 6).until(start + 10, live=0.02)
    play.expects(nothing)


def test_other_observations_say_nothing() -> None:
    assert SpoofSuspected(policy.SpoofSuspected()).read(FacesSeen(1, ())) is None
