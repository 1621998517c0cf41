from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.sound import BLOCK_SAMPLES
from proctor_desktop.sources.resample import Blocks, Resampler
from tests.fakes.media import tone


def _resampled(
    samples: NDArray[np.float64], rate_hz: int, piece: int = 1000
) -> NDArray[np.float32]:
    resampler = Resampler(rate_hz)
    pieces = [
        resampler.feed(samples[at : at + piece].astype(np.float32))
        for at in range(0, len(samples), piece)
    ]
    return np.concatenate(pieces)


def _level(samples: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(samples[2000:-2000] ** 2)))


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_a_tone_keeps_its_length_loudness_and_pitch(rate_hz: int) -> None:
    heard = _resampled(tone(1000, 2, rate_hz), rate_hz)

    assert abs(len(heard) - 32_000) <= 1
    assert _level(heard) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    spectrum = np.abs(np.fft.rfft(heard[:32_000]))
    assert np.argmax(spectrum) * 16_000 / len(heard) == pytest.approx(1000, abs=1)


def test_what_16_khz_cannot_hold_is_removed_and_not_folded_back() -> None:
    assert _level(_resampled(tone(11_000, 2, 48_000), 48_000)) < 0.005


def test_pieces_of_any_size_give_the_same_sound() -> None:
    sound = tone(700, 1, 44_100)
    small, large = _resampled(sound, 44_100, 37), _resampled(sound, 44_100, 9_999)
    assert np.array_equal(small, large)


def test_blocks_are_all_of_one_size_and_the_last_is_filled_up() -> None:
    blocks = Blocks()
    whole = [*blocks.feed(np.ones(1000, np.float32)), *blocks.feed(np.ones(2500, np.float32))]
    last = blocks.last()

    assert [len(block) for block in whole] == [BLOCK_SAMPLES, BLOCK_SAMPLES]
    assert last is not None
    assert (last.sum(), len(last)) == (300, BLOCK_SAMPLES)
    assert blocks.last() is None
