from __future__ import annotations

from itertools import pairwise

import pytest

from proctor_desktop.core.frame import WIDTH_PX
from proctor_desktop.core.policy import Preset, preset_defaults
from proctor_desktop.demo.script import Expected, Script, Span, scripted_session

RULES = preset_defaults(Preset.INTERVIEW).rules


@pytest.fixture
def script() -> Script:
    return scripted_session()


def _expected(script: Script, rule: str) -> Expected:
    (one,) = (expected for expected in script.expected if expected.rule == rule)
    return one


def _yaws(script: Script, span: Span) -> list[float]:
    steps = round(span.duration_s * 16)
    return [script.shot(span.start_s + n / 16).candidate.yaw_deg for n in range(steps)]


def test_segments_follow_each_other_without_a_gap(script: Script) -> None:
    assert script.segments[0].start_s == 0
    assert all(a.span.end_s == b.start_s for a, b in pairwise(script.segments))
    assert script.duration_s > script.events_end_s == script.segments[-1].span.end_s


def test_photo_and_calibration_find_somebody_who_sits_still(script: Script) -> None:
    assert max(map(abs, _yaws(script, Span(0, 12)))) < 0.6


COUNTED = {name for name, rule in preset_defaults(Preset.INTERVIEW).rules.items() if rule.penalty}


def test_the_honest_part_is_long_and_lively_and_breaks_no_rule(script: Script) -> None:
    yaws = _yaws(script, script.honest)
    assert script.honest.duration_s >= 20
    assert 4 < max(map(abs, yaws)) <= 8
    assert not any(
        expected.earliest_s in script.honest or expected.latest_s in script.honest
        for expected in (*script.expected, *script.tolerated)
        if expected.rule in COUNTED
    )
    assert script.silence.start_s >= script.honest.end_s


def test_five_kinds_of_violation_are_expected(script: Script) -> None:
    assert sorted(expected.rule for expected in script.expected) == [
        "face_missing",
        "focus_lost",
        "head_turned",
        "multiple_faces",
        "prolonged_silence",
    ]


def test_the_head_turns_to_its_own_left_for_longer_than_the_rule_needs(script: Script) -> None:
    held = Span(34.5, 38)
    assert min(_yaws(script, held)) > RULES.head_turned.left_deg + 5
    assert held.duration_s > RULES.head_turned.after_s
    fires_s = held.start_s + RULES.head_turned.after_s
    assert _expected(script, "head_turned").admits("head_turned", fires_s)


def test_the_candidate_is_away_for_longer_than_the_rule_needs(script: Script) -> None:
    away = [n / 16 for n in range(1500) if script.shot(n / 16).candidate.shift_x_px < -WIDTH_PX / 2]
    assert away[-1] - away[0] > RULES.face_missing.after_s + 1
    fires_s = away[0] + RULES.face_missing.after_s
    assert _expected(script, "face_missing").admits("face_missing", fires_s)


def test_leaving_and_coming_back_are_too_quick_for_the_zone(script: Script) -> None:
    edge_px = RULES.outside_zone.zone / 2 * WIDTH_PX
    outside = [
        n
        for n in range(1500)
        if edge_px - 20 < -script.shot(n / 16).candidate.shift_x_px < WIDTH_PX / 2 + 100
    ]
    assert 0 < len(outside) / 16 < RULES.outside_zone.after_s


def test_the_second_person_comes_from_the_side_and_goes_again(script: Script) -> None:
    assert not script.shot(56.9).visitor.visible
    assert script.shot(57.1).visitor.shift_x_px > 200
    assert script.shot(59).visitor.shift_x_px == 0
    assert script.shot(61.4).visitor.shift_x_px > 200
    assert not script.shot(61.6).visitor.visible


def test_the_silence_is_long_enough_and_in_time_for_its_rule(script: Script) -> None:
    assert script.silence.duration_s > 14
    assert script.silence.end_s < script.events_end_s
    fires_s = script.silence.start_s + RULES.prolonged_silence.after_s + 1
    assert _expected(script, "prolonged_silence").admits("prolonged_silence", fires_s)


def test_the_focus_is_away_once_and_long_enough(script: Script) -> None:
    fires_s = script.focus_away.start_s + RULES.focus_lost.after_s
    assert fires_s < script.focus_away.end_s
    assert _expected(script, "focus_lost").admits("focus_lost", fires_s)


def test_an_expectation_admits_its_own_rule_in_its_own_time_only() -> None:
    expected = Expected("face_missing", 48, 50)
    assert expected.admits("face_missing", 48)
    assert not expected.admits("face_missing", 50.1)
    assert not expected.admits("head_turned", 49)


def test_after_the_end_the_last_pose_goes_on(script: Script) -> None:
    late = script.shot(script.duration_s)
    assert late.candidate.visible
    assert abs(late.candidate.yaw_deg) <= 8
    assert not late.visitor.visible
