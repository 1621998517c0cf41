from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.observation import SoundSignal
from proctor_desktop.sound.signal import SignalWatch, clipped_share, is_dead
from proctor_desktop.sources.resample import Resampler
from tests.fakes.media import tone

Sound = NDArray[np.float32]
RATE_HZ = 16_000
STEP = 2.0**-15


def _noise(dbfs: float, seconds: float = 0.1) -> Sound:
    samples = np.random.default_rng(4).normal(0, 10 ** (dbfs / 20), round(seconds * RATE_HZ))
    return samples.astype(np.float32)


def _sine(hertz: float, amplitude: float, seconds: float = 0.1, rate_hz: int = RATE_HZ) -> Sound:
    return tone(hertz, seconds, rate_hz, amplitude).astype(np.float32)


def _signals(*sounds: Sound) -> list[SoundSignal]:
    watch = SignalWatch()
    blocks = np.concatenate(sounds).reshape(-1, 1600)
    return [told for block in blocks if (told := watch.hear(block)) is not None]


@pytest.mark.parametrize(
    "muted",
    [
        np.zeros(1600, np.float32),
        np.full(1600, 0.02, np.float32),
        (np.random.default_rng(1).integers(-1, 2, 1600) * STEP).astype(np.float32),
        (np.random.default_rng(1).integers(-1, 2, 1600) * STEP - 0.01).astype(np.float32),
    ],
    ids=["zeros", "constant", "dither", "dither on an offset"],
)
def test_a_muted_microphone_gives_digital_silence(muted: Sound) -> None:
    assert is_dead(muted)
    assert [told.digital_silence for told in _signals(*[muted] * 10)] == [True, True]


@pytest.mark.parametrize("dbfs", [-88, -75, -60])
def test_the_quietest_living_microphone_does_not(dbfs: float) -> None:
    as_16_bits = (np.round(_noise(dbfs) / STEP) * STEP).astype(np.float32)
    assert not is_dead(as_16_bits)


def test_muting_and_unmuting_are_known_at_the_next_half_second() -> None:
    alive, dead = _noise(-50, 0.5), np.zeros(8000, np.float32)
    late = np.concatenate((_noise(-50, 0.3), np.zeros(3200, np.float32)))
    told = _signals(alive, late, dead, alive)
    assert [one.digital_silence for one in told] == [False, True, True, False]


def test_a_single_block_that_a_driver_left_out_is_no_muting() -> None:
    broken = np.concatenate((_noise(-50, 0.4), np.zeros(1600, np.float32)))
    assert not _signals(broken)[0].digital_silence


@pytest.mark.parametrize("hertz", [60, 110, 1000, 3000, 4000])
def test_a_tone_as_loud_as_can_be_is_not_clipped(hertz: float) -> None:
    assert clipped_share(_sine(hertz, 0.999)) < 0.01


@pytest.mark.parametrize("hertz", [110, 440, 1000])
@pytest.mark.parametrize("sign", [1, -1])
def test_flat_tops_are_clipped(hertz: float, sign: int) -> None:
    flat = np.clip(sign * _sine(hertz, 2.0), -1, 1 - STEP)
    assert clipped_share(flat) == pytest.approx(2 / 3, abs=0.06)


def test_a_limit_below_full_scale_is_the_choice_of_whoever_mixed_it() -> None:
    assert clipped_share(np.clip(_sine(440, 2.0), -0.7, 0.7)) == 0


def test_flat_tops_are_seen_after_resampling_too() -> None:
    shouted = np.clip(_sine(300, 3.0, 0.5, 48_000), -1, 1)
    assert clipped_share(Resampler(48_000).feed(shouted)) > 0.1


def test_the_share_of_half_a_second_is_that_of_all_its_blocks() -> None:
    flat = np.clip(_sine(440, 2.0), -1, 1)
    told = _signals(flat, flat, *[_noise(-40)] * 3)[0]
    assert told.span_s == 0.5
    assert told.clipped == pytest.approx(0.4 * clipped_share(flat), abs=1e-3)
    assert _signals(*[_noise(-40)] * 5)[0].clipped == 0
