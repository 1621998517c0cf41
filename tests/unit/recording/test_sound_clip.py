from __future__ import annotations

import io

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.recording.sound_clip import opus
from tests.fakes.media import tone

RATE_HZ = 16_000
Sound = NDArray[np.float32]


def _decoded(clip: bytes) -> Sound:
    pieces = []
    with av.open(io.BytesIO(clip)) as container:
        assert container.format.name == "ogg"
        assert [s.codec_context.name for s in container.streams] == ["opus"]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        for frame in container.decode(audio=0):
            pieces += [out.to_ndarray()[0] for out in resampler.resample(frame)]
        pieces += [out.to_ndarray()[0] for out in resampler.resample(None)]
    return np.concatenate(pieces).astype(np.float32)


def _voice(seconds: float) -> Sound:
    """A buzz of 150 Hz in syllables, with a second of silence in its middle."""
    sound = sum(tone(150 * n, seconds, RATE_HZ, 0.3 / n) for n in range(1, 8))
    sound = sound * np.abs(np.sin(2 * np.pi * 2 * np.arange(len(sound)) / RATE_HZ))
    middle = len(sound) // 2
    sound[middle - RATE_HZ // 2 : middle + RATE_HZ // 2] = 0
    return np.asarray(sound, np.float32)


def _rms(sound: Sound) -> float:
    return float(np.sqrt(np.mean(np.square(sound))))


@pytest.mark.parametrize("seconds", [10.0, 1.2345])
def test_a_clip_is_as_long_and_as_loud_as_what_went_in(seconds: float) -> None:
    voice = _voice(seconds)
    heard = _decoded(opus(voice))
    assert len(heard) == pytest.approx(len(voice), abs=RATE_HZ // 50)
    assert _rms(heard) == pytest.approx(_rms(voice), rel=0.15)


def test_what_was_said_stays_where_it_was() -> None:
    heard = _decoded(opus(_voice(10)))
    second = [_rms(part) for part in heard[: 10 * RATE_HZ].reshape(20, -1)]
    assert min(second[:9]) > 0.05
    assert max(second[9:11]) < 0.02
    assert min(second[11:]) > 0.05


def test_ten_seconds_take_about_thirty_kilobytes() -> None:
    assert 10_000 < len(opus(_voice(10))) < 40_000


def test_sound_beyond_full_scale_and_broken_numbers_are_taken_too() -> None:
    broken = _voice(1) * 9
    broken[:100] = np.nan
    assert np.abs(_decoded(opus(broken))).max() < 1.5


def test_no_sound_is_no_clip() -> None:
    with pytest.raises(ValueError, match="no sound"):
        opus(np.zeros(0, np.float32))
