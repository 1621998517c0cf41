"""Somebody else in front of the camera."""

from __future__ import annotations

import pytest

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FaceCompared, FacesSeen
from proctor_desktop.core.rules.identity_mismatch import IdentityMismatch
from proctor_desktop.core.rules.rule import Reading
from tests.playbook import Playbook, nothing, started


def read(*likenesses: float) -> Reading:
    """The last reading of these comparisons."""
    rule = IdentityMismatch(policy.IdentityMismatch(similarity=0.35))
    readings = [rule.read(FaceCompared(1, likeness)) for likeness in likenesses]
    assert readings[-1] is not None
    return readings[-1]


def test_somebody_else_is_told_at_the_third_comparison() -> None:
    play = Playbook().until(60, rate=1).until(200, rate=1, likeness=0.05)
    play.expects(started("identity_mismatch", at=150))
    start = play.start_of("identity_mismatch")
    assert "in 3 of the last 5 comparisons: likeness 0.05 (at least 0.30)" in start["reason"]
    assert start["confidence"] == 0.917


def test_comparisons_that_come_every_half_minute_do_not_go_stale() -> None:
    play = Playbook().until(300, rate=1, likeness=0.05)
    assert play.started() == ["identity_mismatch"]
    assert play.of("violation.end") == []
    play.until(420, rate=1)
    assert play.end_of("identity_mismatch")["ended"] == "cleared"


def test_two_bad_comparisons_of_five_are_bad_light() -> None:
    play = Playbook()
    for start in range(0, 450, 150):
        play.until(start + 90, rate=1).until(start + 150, rate=1, likeness=0.2)
    play.expects(nothing)


@pytest.mark.parametrize(("likeness", "sure"), [(0.35 - 1e-9, 0.5), (0.2, 0.75), (-0.3, 1.0)])
def test_it_is_as_sure_as_the_faces_are_unlike(likeness: float, sure: float) -> None:
    assert read(likeness, likeness, likeness).confidence == pytest.approx(sure)


def test_the_likeness_told_is_that_of_the_comparisons_that_count() -> None:
    assert read(0.1, 0.9, 0.2, 0.9, 0.3).measured == pytest.approx(0.2)


def test_other_observations_say_nothing() -> None:
    assert IdentityMismatch(policy.IdentityMismatch()).read(FacesSeen(1, ())) is None
