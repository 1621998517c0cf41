"""A face that can hardly be made out."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FaceBox, FacesSeen
from proctor_desktop.core.rules.low_confidence import LowConfidence
from tests.playbook import Playbook, nothing, started

RULE = LowConfidence(policy.LowConfidence(score=0.6))


def test_a_face_seen_badly_for_three_seconds_is_recorded_and_not_counted() -> None:
    play = Playbook().until(5).until(9, score=0.45).until(11)
    play.expects(started("low_confidence", at=8.1))
    start = play.start_of("low_confidence")
    assert (start["penalty"], start["measured"], start["threshold"]) == (0, 0.45, 0.6)


def test_the_worst_score_is_what_is_told() -> None:
    play = Playbook().until(5).until(6, score=0.5).until(7, score=0.3).until(9, score=0.55)
    assert play.until(11).end_of("low_confidence")["measured"] == 0.3


def test_a_moment_in_bad_light_is_nothing() -> None:
    Playbook().until(5).until(7.5, score=0.4).until(10).expects(nothing)


def test_neither_an_empty_picture_nor_a_faint_poster_is_a_badly_seen_candidate() -> None:
    poster = FaceBox(0, 0, 0.9, 0.9, 0.3, still_s=40)
    for faces in ((), (poster,), (poster, FaceBox(0, 0, 0.2, 0.2, 0.9))):
        reading = RULE.read(FacesSeen(1, faces))
        assert reading is not None
        assert not reading.suspicious
