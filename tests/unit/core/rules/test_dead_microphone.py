"""A microphone that is gone, muted, or digitally silent."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.event import ExamStarted
from proctor_desktop.core.observation import FacesSeen, SoundSignal, Source
from proctor_desktop.core.rules.dead_microphone import DeadMicrophone
from tests.playbook import Playbook, ended, nothing, started


def test_a_muted_microphone_is_told_within_three_seconds_and_so_is_its_return() -> None:
    play = Playbook().until(10).until(16, digital_silence=True).until(20)
    play.expects(started("dead_microphone", at=12), ended("dead_microphone", at=16, within=1.1))
    assert "digital silence" in play.start_of("dead_microphone")["reason"]
    assert play.end_of("dead_microphone")["duration_s"] == 6.5


def test_a_quiet_room_is_not_a_dead_microphone() -> None:
    play = Playbook().until(10).until(40, sound=False)
    assert play.started() == ["prolonged_silence"]


def test_an_unplugged_microphone_is_told_at_once_and_ends_when_it_is_back() -> None:
    play = Playbook().restore(Source.MICROPHONE).until(10).lose(Source.MICROPHONE, "no such device")
    play.expects(started("dead_microphone", at=10, within=0))
    play.until(30, sound=None)
    assert play.of("violation.end") == []
    play.restore(Source.MICROPHONE).until(32)
    play.expects(ended("dead_microphone", at=30))
    end = play.end_of("dead_microphone")
    assert (end["ended"], end["duration_s"]) == ("cleared", 20)
    assert "The microphone is gone: no such device" in end["reason"]


def test_sound_that_arrives_late_does_not_bring_a_lost_microphone_back() -> None:
    play = Playbook().until(10).lose(Source.MICROPHONE).tell(SoundSignal(0.5, False, 0.0))
    play.until(15, sound=None)
    assert play.of("violation.end") == []


def test_a_microphone_that_was_switched_off_from_the_start_is_no_violation() -> None:
    Playbook(running=False).lose(Source.MICROPHONE, "switched off").tell(ExamStarted()).until(
        20, sound=None
    ).expects(nothing)


def test_one_that_was_pulled_out_just_before_the_exam_is_told_when_it_begins() -> None:
    play = Playbook(running=False).restore(Source.MICROPHONE).lose(Source.MICROPHONE)
    play.tell(ExamStarted()).until(5, sound=None).expects(started("dead_microphone", at=0))


def test_reports_of_good_health_in_between_do_not_hide_a_mute() -> None:
    play = Playbook().until(10)
    for second in (10.5, 11.0, 11.5):
        play.until(second, digital_silence=True).restore(Source.MICROPHONE)
    play.until(13, digital_silence=True).expects(started("dead_microphone", at=12))


def test_other_sources_and_observations_say_nothing() -> None:
    Playbook().until(5).lose(Source.SCREEN).until(10).expects(nothing)
    assert DeadMicrophone(policy.DeadMicrophone()).read(FacesSeen(1, ())) is None
