"""The gaze away from the screen."""

from __future__ import annotations

import pytest

from proctor_desktop.core import policy
from proctor_desktop.core.event import Calibrated
from proctor_desktop.core.observation import FacesSeen, Gaze
from proctor_desktop.core.rules.looking_away import LookingAway
from tests.playbook import Playbook, nothing, started

RULE = LookingAway(policy.LookingAway(margin_deg=5))


def test_a_gaze_off_the_screen_for_five_seconds_is_told_with_angle_and_error() -> None:
    play = Playbook().until(10).until(16, outside_deg=12).until(20)
    play.expects(started("looking_away", at=15))
    start = play.start_of("looking_away")
    assert "12° beyond the edge of the screen, to the left" in start["reason"]
    assert (start["measured"], start["threshold"], start["unit"]) == (12, 5, "deg")
    assert start["calibration_error_deg"] == 2.5


def test_glances_of_three_seconds_are_nobodys_business() -> None:
    play = Playbook()
    for start in range(5, 65, 6):
        play.until(start).until(start + 3, outside_deg=15)
    play.until(70).expects(nothing)


def test_a_blink_within_a_long_look_does_not_hide_it() -> None:
    play = Playbook().until(10)
    for blink in (11.5, 13.0, 14.5):
        play.until(blink, outside_deg=12).until(blink + 0.375, outside_deg=0, openness=0.1)
    play.until(16, outside_deg=12).expects(started("looking_away", at=15))


def test_a_look_back_at_the_screen_begins_anew() -> None:
    play = Playbook().until(10).until(13, outside_deg=12).until(14).until(17, outside_deg=12)
    play.until(20).expects(nothing)


def test_a_gaze_at_the_limit_goes_on_but_does_not_begin_there() -> None:
    holds = [RULE.read(Gaze(1, 30, 0, outside, 0.9)) for outside in (2.9, 3.1, 5.0, 5.1)]
    told = [(one.suspicious, one.holds) for one in holds if one is not None]
    assert told == [(False, False), (False, True), (False, True), (True, True)]


def test_a_gaze_that_is_seen_off_the_screen_was_there_a_picture_earlier() -> None:
    reading = RULE.read(Gaze(1, 30, 0, 12, 0.9))
    assert reading is not None
    assert reading.since_s == 1 / 8


def test_without_a_margin_every_degree_counts_and_none_less() -> None:
    rule = LookingAway(policy.LookingAway(margin_deg=0))
    readings = [rule.read(Gaze(1, 30, 0, outside, 0.9)) for outside in (0.0, 0.1)]
    assert [(one.suspicious, one.holds) for one in readings if one] == [
        (False, False),
        (True, True),
    ]


@pytest.mark.parametrize(
    ("edge", "words"),
    [("left", "to the left"), ("right", "to the right"), ("top", "up"), ("bottom", "down")],
)
def test_the_direction_is_that_of_the_edge_that_is_passed(edge: str, words: str) -> None:
    reading = RULE.read(Gaze(1, 20.0, 18.0, 9.0, 0.9, edge))
    assert reading is not None
    assert f", {words} " in reading.reason


def test_an_assumed_screen_has_no_error_to_tell() -> None:
    play = Playbook().tell(Calibrated(0.5, None)).until(10).until(16, outside_deg=12)
    assert play.start_of("looking_away")["calibration_error_deg"] is None


def test_without_a_calibration_it_is_not_evaluated() -> None:
    play = Playbook(calibrated=False).until(5)
    for second in range(5, 15):
        play.until(second).tell(Gaze(second, 40, 0, 30, 0.9))
    play.expects(nothing)
    assert RULE.read(FacesSeen(1, ())) is None
