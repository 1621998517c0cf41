"""The engine over scripted sessions."""

from __future__ import annotations

import itertools
from dataclasses import replace

from proctor_desktop.core.effect import KeepClip, KeepSound
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import ExamStarted
from proctor_desktop.core.observation import Source
from proctor_desktop.core.policy import (
    Calibration,
    Policy,
    Preset,
    Recording,
    Rules,
    preset_defaults,
)
from tests.playbook import Playbook, nothing, started


def test_an_honest_candidate_is_never_accused() -> None:
    play = Playbook(preset_defaults(Preset.INTERVIEW))
    for second in range(2, 60, 2):
        play.until(second, yaw=8 if second % 4 else -8, pitch=5)
    play.end().expects(nothing)
    assert play.warnings == []


def test_before_the_exam_starts_nothing_is_evaluated() -> None:
    play = Playbook()
    play.end()
    play.until(30, faces=0, sound=False).expects(nothing)


def test_a_missing_face_starts_after_five_seconds_and_ends_when_it_is_back() -> None:
    play = Playbook().until(10).until(17, faces=0).until(20)
    play.expects(started("face_missing", at=15))
    (end,) = play.of("violation.end", "face_missing")
    assert end.data["ended"] == "cleared"
    assert 6.9 <= end.data["duration_s"] <= 7.2


def test_a_face_gone_for_less_than_the_rules_time_is_nothing() -> None:
    Playbook().until(10).until(14.5, faces=0).until(20).expects(nothing)


def test_two_analyses_with_two_faces_make_a_violation_one_does_not() -> None:
    Playbook().until(5).until(5.125, faces=2).until(8).expects(nothing)
    play = Playbook().until(5).until(5.25, faces=2).until(8)
    play.expects(started("multiple_faces", at=5.25))
    assert play.of("violation.start")[0].data["confidence"] == 0.8


def test_a_flickering_second_face_is_one_violation_not_many() -> None:
    play = Playbook().until(5)
    for tenth in range(10):
        play.until(5.5 + tenth * 0.5 - 0.125, faces=2).until(5.5 + tenth * 0.5)
    assert play.started() == ["multiple_faces"]


def test_each_direction_of_a_turned_head_has_its_own_limit() -> None:
    cases = {"left": (31, 0), "right": (-31, 0), "up": (0, 21), "down": (0, -26)}
    for word, (yaw, pitch) in cases.items():
        play = Playbook().until(5).until(7, yaw=yaw, pitch=pitch).until(9)
        play.expects(started("head_turned", at=6))
        assert word in play.of("violation.start")[0].data["reason"]
    Playbook().until(5).until(7, yaw=29, pitch=-24).until(9).expects(nothing)


def test_a_turned_head_is_not_judged_without_calibration() -> None:
    Playbook(calibrated=False).until(5).until(9, yaw=60).expects(nothing)


def test_the_measure_of_a_turned_head_is_its_worst_angle_and_carries_the_error() -> None:
    play = Playbook().until(5).until(6, yaw=32).until(8, yaw=47).until(9, yaw=33).until(11)
    end = play.of("violation.end", "head_turned")[0].data
    assert end["measured"] == 47.0
    assert end["threshold"] == 30.0
    assert end["calibration_error_deg"] == 0.5


def test_a_face_at_the_edge_is_outside_the_zone() -> None:
    play = Playbook().until(5).until(7, centre=(0.85, 0.5)).until(9)
    play.expects(started("outside_zone", at=6))


def test_silence_counts_in_an_interview_and_is_only_recorded_in_an_exam() -> None:
    interview = Playbook(preset_defaults(Preset.INTERVIEW)).until(5).until(18, sound=False)
    interview.expects(started("prolonged_silence", at=15, within=0.6))
    assert interview.of("violation.start")[0].data["penalty"] == 5
    exam = Playbook().until(5).until(18, sound=False)
    assert exam.of("violation.start")[0].data["penalty"] == 0


def test_losing_the_focus_names_the_application_and_costs_once() -> None:
    play = Playbook().until(5).focus("notes").until(8).focus("kiosk", inside=True).until(10)
    play.expects(started("focus_lost", at=5.3))
    assert play.started() == ["focus_lost"]
    assert "notes" in play.of("violation.start")[0].data["reason"]
    end = play.of("violation.end")[0].data
    assert 2.9 <= end["duration_s"] <= 3.1


def test_a_blink_of_the_focus_is_not_a_violation() -> None:
    play = Playbook().until(5).focus("popup").until(5.2).focus("kiosk", inside=True).until(8)
    play.expects(nothing)


def test_a_second_application_while_away_is_a_switch() -> None:
    play = Playbook().until(5).focus("notes").until(7).focus("chat").until(9)
    assert play.started() == ["focus_lost", "app_switched"]
    assert "chat" in play.of("violation.start", "app_switched")[0].data["reason"]


def test_a_rule_that_the_exam_switched_off_is_not_evaluated() -> None:
    rules = Rules()
    off = replace(rules, face_missing=replace(rules.face_missing, enabled=False))
    Playbook(Policy(rules=off)).until(5).until(20, faces=0).expects(nothing)


def test_the_candidate_is_told_at_most_once_a_minute_for_each_rule() -> None:
    play = Playbook()
    for start in range(5, 50, 10):
        play.until(start).until(start + 6, faces=0)
    assert len(play.started()) == 5
    assert [w.rule for w in play.warnings] == ["face_missing"]
    play.until(70).until(76, faces=0)
    assert len(play.warnings) == 2


def test_updates_come_at_most_once_a_second() -> None:
    play = Playbook().until(5).until(15, faces=0)
    updates = [u.moment.mono_ns for u in play.of("violation.update")]
    assert 3 <= len(updates) <= 5
    assert all(later - earlier >= 1e9 for earlier, later in itertools.pairwise(updates))


def test_a_lost_camera_ends_what_it_saw_and_leaves_a_gap() -> None:
    play = Playbook().until(5).until(12, faces=0).lose(Source.CAMERA).until(20, camera=False)
    play.restore(Source.CAMERA).until(25)
    assert play.of("violation.end")[0].data["ended"] == "source lost"
    (gap,) = play.of("gap")
    assert gap.data == {"source": "camera", "seconds": 8.0, "reason": "unplugged"}
    assert [r.data["state"] for r in play.of("source")] == ["lost", "ok"]


def test_nobody_is_held_to_an_exam_window_that_crashed() -> None:
    play = Playbook().until(5).lose(Source.KIOSK).focus("another exam window").until(20)
    play.expects(nothing)
    open_before = Playbook().until(5).focus("notes").until(8).lose(Source.KIOSK).until(20)
    (end,) = open_before.of("violation.end")
    assert end.data["ended"] == "source lost"


def test_a_lost_focus_is_updated_while_it_lasts() -> None:
    play = Playbook().until(5).focus("notes").until(15)
    assert 8 <= len(play.of("violation.update", "focus_lost")) <= 10


def test_readings_that_stop_coming_prove_nothing_about_the_time_between() -> None:
    play = Playbook().until(5).until(9, faces=0).until(14, camera=False).until(18, faces=0)
    play.expects(nothing)


def test_half_the_pictures_make_half_the_confidence() -> None:
    full = Playbook().until(5).until(11, faces=0)
    half = Playbook().until(5, rate=4).until(11, faces=0, rate=4)
    assert full.of("violation.start")[0].data["confidence"] >= 0.97
    assert 0.45 <= half.of("violation.start")[0].data["confidence"] <= 0.55


def test_the_end_of_the_exam_ends_what_is_open() -> None:
    play = Playbook().until(5).until(12, faces=0).end()
    assert play.of("violation.end")[0].data["ended"] == "session closed"
    assert play.engine.open_violations == {}


def test_the_numbering_goes_on_after_a_restart() -> None:
    play = Playbook()
    play.engine = Engine(Policy(), next_violation=7)
    play.tell(ExamStarted()).until(7, faces=0)
    assert play.of("violation.start")[0].data["violation"] == 7


def test_the_same_events_give_the_same_effects() -> None:
    first = Playbook().until(5).until(12, faces=0).focus("notes").until(20, yaw=40).end()
    again = Engine(first.policy)
    effects = [effect for event in first.events for effect in again.step(event)]
    assert [e for e in effects if e in first.records] == first.records


def test_a_window_that_was_in_front_before_the_exam_began_counts_from_its_start() -> None:
    play = Playbook()
    play.engine = Engine(Policy())
    play.focus("notes").until(5).expects(nothing)
    play.tell(ExamStarted()).until(7)
    play.expects(started("focus_lost", at=5.3))
    assert "notes" in play.of("violation.start")[0].data["reason"]


def test_who_had_the_focus_is_not_known_after_the_watch_over_it_was_lost() -> None:
    play = Playbook()
    play.engine = Engine(Policy())
    play.focus("notes").lose(Source.FOCUS).tell(ExamStarted()).until(7).expects(nothing)


def test_an_end_for_want_of_pictures_still_tells_the_calibration_error() -> None:
    play = Playbook().until(5).until(8, yaw=40).until(13, camera=False).until(14)
    (end,) = play.of("violation.end", "head_turned")
    assert end.data["ended"] == "source lost"
    assert end.data["calibration_error_deg"] == 0.5
    assert end.data["duration_s"] == 2.875


def test_a_camera_that_is_reported_lost_late_does_not_lengthen_a_violation() -> None:
    play = Playbook().until(5).until(12, faces=0).until(20, camera=False).lose(Source.CAMERA)
    assert play.of("violation.end")[0].data["duration_s"] == 6.875


def test_clips_are_kept_for_what_the_camera_can_show_if_the_exam_wants_them() -> None:
    policy = Policy(recording=Recording(clips=True, clip_s=4.0))
    play = Playbook(policy).until(5).until(11, faces=0).until(20).until(26, speech=1.0)
    assert play.started() == ["face_missing", "voice_detected"]
    assert play.kept == [KeepClip(play.of("violation.start")[0].moment, 1, 4.0)]


def test_sound_is_kept_around_a_voice_only_if_the_exam_wants_it() -> None:
    policy = Policy(recording=Recording(voice_clips=True))
    play = Playbook(policy).until(5).until(11, faces=0).until(20).until(26, speech=1.0)
    assert play.kept == [KeepSound(play.of("violation.start", "voice_detected")[0].moment, 2, 5.0)]
    assert Playbook().until(5).until(11, faces=0, speech=1.0).kept == []


def test_without_an_offered_calibration_no_rule_that_needs_one_is_evaluated() -> None:
    policy = Policy(calibration=Calibration(offered=False))
    Playbook(policy).until(5).until(20, yaw=60, openness=0.0, outside_deg=40).expects(nothing)


def test_a_head_near_its_limit_is_one_violation_not_many() -> None:
    play = Playbook().until(5)
    for second in range(6, 20):
        play.until(second, yaw=31).until(second + 0.75, yaw=28)
    play.until(25)
    assert play.started() == ["head_turned"]
    assert 14 <= play.end_of("head_turned")["duration_s"] <= 15
    Playbook().until(5).until(30, yaw=29).expects(nothing)


def test_a_record_says_in_words_what_was_seen_for_how_long_and_how_sure() -> None:
    play = Playbook().until(5).until(8, yaw=47)
    words = "Head turned 47° to the left (limit 30°), for 1.0 s, 90% sure"
    assert play.start_of("head_turned")["reason"] == words


def test_a_poster_is_no_second_person_but_a_person_beside_it_is() -> None:
    play = Playbook().until(10, poster_since=-60).until(11, faces=2, poster_since=-60)
    play.expects(started("multiple_faces", at=10.25))
    assert play.start_of("multiple_faces")["measured"] == 2.0


def test_a_poster_above_an_empty_chair_is_nobody() -> None:
    play = Playbook().until(10, poster_since=-60).until(20, faces=0, poster_since=-60)
    play.expects(started("face_missing", at=15))
    reason = play.start_of("face_missing")["reason"]
    assert "but one that has not moved at all for" in reason


def test_a_photo_in_the_place_of_the_candidate_is_nobody_after_half_a_minute() -> None:
    play = Playbook().until(10).until(60, still_since=10)
    play.expects(started("face_missing", at=45))


def test_a_poster_does_not_stop_the_candidate_from_being_placed() -> None:
    play = Playbook().until(10, poster_since=-60)
    play.until(13, poster_since=-60, centre=(0.9, 0.5)).expects(started("outside_zone", at=11))


def test_a_camera_that_stands_still_does_not_make_the_candidate_missing() -> None:
    play = Playbook().until(10).until(60, still_since=10, frozen_since=10)
    assert play.started() == ["frozen_camera"]


def test_losing_one_source_leaves_what_rests_on_others() -> None:
    play = Playbook().until(5).until(11, faces=0).lose(Source.MICROPHONE).until(13, faces=0)
    assert play.of("violation.end", "face_missing") == []
