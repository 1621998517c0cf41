"""A microphone that is turned up too far."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen
from proctor_desktop.core.rules.clipping import Clipping
from tests.playbook import Playbook, nothing, started


def test_clipping_for_two_seconds_is_recorded_and_not_counted() -> None:
    play = Playbook().until(10).until(15, clipped=0.2).until(20)
    play.expects(started("clipping", at=12))
    start = play.start_of("clipping")
    assert (start["measured"], start["threshold"], start["penalty"]) == (0.2, 0.01, 0)


def test_a_door_that_slams_is_nothing() -> None:
    Playbook().until(10).until(11, clipped=0.3).until(20).expects(nothing)


def test_a_share_at_the_limit_is_nothing() -> None:
    Playbook().until(10).until(30, clipped=0.01).expects(nothing)
    assert Clipping(policy.Clipping()).read(FacesSeen(1, ())) is None
