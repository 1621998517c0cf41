"""Somebody speaks."""

from __future__ import annotations

import pytest

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen, Source, SpeechHeard
from proctor_desktop.core.policy import Preset, preset_defaults
from proctor_desktop.core.rules.voice_detected import VoiceDetected
from tests.playbook import Playbook, ended, nothing, started


def test_two_seconds_of_speech_are_told_from_when_they_began() -> None:
    play = Playbook().until(10).until(14, speech=1.0).until(25)
    play.expects(started("voice_detected", at=12), ended("voice_detected", at=17, within=1.1))
    start = play.start_of("voice_detected")
    assert "2.0 s of speech within 5 s" in start["reason"]
    assert (start["measured"], start["threshold"], start["duration_s"]) == (2, 2, 2)
    assert (start["confidence"], start["penalty"]) == (0.9, 5)
    assert play.end_of("voice_detected")["measured"] == 4


def test_single_words_are_not_a_talk() -> None:
    play = Playbook()
    for start in range(5, 305, 10):
        play.until(start).until(start + 1, speech=1.0)
    play.until(310).expects(nothing)


def test_speech_in_pieces_adds_up_within_the_window() -> None:
    play = Playbook().until(10).until(11, speech=1.0).until(12.5).until(13.5, speech=1.0).until(20)
    play.expects(started("voice_detected", at=13.5))
    assert play.start_of("voice_detected")["duration_s"] == 3.5


def test_it_began_with_the_voice_and_not_with_the_quiet_before_it_in_the_same_span() -> None:
    play = Playbook().until(10).tell(SpeechHeard(0.5, 0.25, 0.9)).until(15, speech=1.0)
    assert play.start_of("voice_detected")["duration_s"] == pytest.approx(2.25)


def test_in_an_interview_it_is_recorded_and_not_counted() -> None:
    play = Playbook(preset_defaults(Preset.INTERVIEW)).until(5).until(10, speech=0.9)
    assert play.start_of("voice_detected")["penalty"] == 0


def test_what_was_heard_before_the_microphone_was_lost_does_not_add_up() -> None:
    play = (
        Playbook().until(10).until(11.5, speech=1.0).lose(Source.MICROPHONE).until(30, sound=None)
    )
    play.restore(Source.MICROPHONE).until(31, speech=1.0).until(35)
    assert "voice_detected" not in play.started()


def test_other_observations_say_nothing() -> None:
    assert VoiceDetected(policy.VoiceDetected()).read(FacesSeen(1, ())) is None
