from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.sound import RATE_HZ
from proctor_desktop.demo.script import Span, scripted_session
from proctor_desktop.demo.voice import Samples, speak, write_voice_file
from proctor_desktop.sound.activity import SoundActivity

SILENCE = Span(8.0, 22.0)


@pytest.fixture(scope="module")
def sound() -> Samples:
    return speak(30.0, (SILENCE,))


def _cut(sound: Samples, start_s: float, end_s: float) -> Samples:
    return sound[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]


def _dbfs(sound: Samples) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(sound**2))))


def test_speech_is_at_a_speakers_level_and_never_clips(sound: Samples) -> None:
    assert _dbfs(_cut(sound, 1, 8)) == pytest.approx(-25, abs=2)
    assert np.abs(sound).max() < 1


def test_in_the_silence_there_is_only_the_room(sound: Samples) -> None:
    quiet = _cut(sound, SILENCE.start_s, SILENCE.end_s)
    assert _dbfs(quiet) == pytest.approx(-65, abs=1)
    assert np.abs(quiet).max() < 0.005


def test_the_voice_sounds_like_one(sound: Samples) -> None:
    """Most of it below 1 kHz, and louder and softer with each syllable."""
    spoken = _cut(sound, 1, 8)
    power = np.abs(np.fft.rfft(spoken)) ** 2
    frequency = np.fft.rfftfreq(len(spoken), 1 / RATE_HZ)
    assert power[frequency < 1000].sum() > 0.5 * power.sum()
    assert power[frequency > 5000].sum() < 0.01 * power.sum()
    loudness = np.sqrt(np.mean(spoken[: 7 * RATE_HZ].reshape(-1, 160) ** 2, axis=1))
    rhythm = np.abs(np.fft.rfft(loudness - loudness.mean()))
    beats_hz = np.fft.rfftfreq(len(loudness), 0.01)
    syllables = rhythm[(beats_hz > 1.5) & (beats_hz < 8)]
    faster = rhythm[beats_hz > 12]
    assert syllables.mean() > 4 * faster.mean()


def test_the_products_own_ear_hears_speech_and_silence(sound: Samples) -> None:
    ear = SoundActivity()
    blocks = sound.astype(np.float32).reshape(-1, 1600)
    heard = [(n / 10, level) for n, block in enumerate(blocks, 1) if (level := ear.hear(block))]
    assert all(level.active for at_s, level in heard if 1.5 <= at_s <= 8 or at_s >= 23)
    assert not any(level.active for at_s, level in heard if 10 <= at_s <= 22)


def test_the_same_call_gives_the_same_sound() -> None:
    assert (speak(2.0, ()) == speak(2.0, ())).all()
    assert (speak(2.0, ()) != speak(2.0, (), seed=1)).any()


def test_a_sound_of_silence_only(tmp_path: Path) -> None:
    assert _dbfs(speak(2.0, (Span(0, 2),))) == pytest.approx(-65, abs=1)


def test_the_file_is_as_long_as_the_film_in_the_microphones_own_form(tmp_path: Path) -> None:
    script = scripted_session()
    write_voice_file(script, tmp_path / "voice.wav")
    with wave.open(str(tmp_path / "voice.wav")) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE_HZ)
        assert sound.getnframes() == script.duration_s * RATE_HZ


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"voice\.wav.*No such file"):
        write_voice_file(scripted_session(), tmp_path / "missing" / "voice.wav")
