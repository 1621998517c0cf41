from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.observation import SoundLevel, SoundSignal, SpeechHeard
from proctor_desktop.sound.hearing import Hearing
from proctor_desktop.sound.speech import SpeechDetector

Sound = NDArray[np.float32]


def _noise(dbfs: float, blocks: int) -> Sound:
    samples = np.random.default_rng(2).normal(0, 10 ** (dbfs / 20), (blocks, 1600))
    return samples.astype(np.float32)


def test_level_and_signal_are_told_each_half_second_and_speech_with_each_block() -> None:
    hearing = Hearing(lambda: SpeechDetector(lambda _chunk: 0.9))
    told = [[type(one) for one in hearing.hear(block)] for block in _noise(-30, 10)]
    everything, speech = [SoundLevel, SoundSignal, SpeechHeard], [SpeechHeard]
    assert told == [[], [], speech, speech, everything, *[speech] * 4, everything]


def test_without_a_model_nothing_is_said_about_speech() -> None:
    hearing = Hearing(None)
    told = [one for block in _noise(-30, 10) for one in hearing.hear(block)]
    assert [type(one) for one in told] == [SoundLevel, SoundSignal] * 2


def test_a_model_that_cannot_be_opened_is_known_at_once() -> None:
    def refuse() -> SpeechDetector:
        raise EnvironmentProblem("speech", "it is broken", "Get it again.")

    with pytest.raises(EnvironmentProblem, match="it is broken"):
        Hearing(refuse)


def test_the_room_is_measured_when_asked() -> None:
    hearing = Hearing(None)
    assert hearing.room_dbfs is None
    hearing.measure_room()
    for block in _noise(-52, 25):
        hearing.hear(block)
    assert hearing.room_dbfs == pytest.approx(-52, abs=1.5)


def test_a_broken_driver_that_gives_no_numbers_is_heard_as_a_dead_microphone() -> None:
    broken = np.full(1600, np.nan, np.float32)
    broken[::2] = np.inf
    hearing = Hearing(lambda: SpeechDetector(lambda chunk: float(abs(chunk).max())))
    level, signal, speech = [one for _ in range(6) for one in hearing.hear(broken)]
    assert isinstance(level, SoundLevel)
    assert not level.active
    assert isinstance(signal, SoundSignal)
    assert signal.digital_silence
    assert isinstance(speech, SpeechHeard)
    assert speech.speech_s == 0
