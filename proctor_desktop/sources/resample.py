"""Sound at any rate as sound at 16 kHz, a piece at a time."""

from __future__ import annotations

from math import gcd
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.sound import BLOCK_SAMPLES, RATE_HZ

Samples: TypeAlias = NDArray[np.float32]

_ZERO_CROSSINGS = 8
_ROLL_OFF = 0.92


class Resampler:
    """A stream of mono samples at ``rate_hz`` turned into one at 16 kHz.

    A polyphase filter: a windowed sinc below the lower of the two Nyquist frequencies, one row of
    taps for each position an output sample can have between two input samples. The result lags
    the input by half the filter, under 2 ms for ordinary rates. Sound at 16 kHz passes as it is.
    """

    def __init__(self, rate_hz: int) -> None:
        common = gcd(rate_hz, RATE_HZ)
        self._phases, self._step = RATE_HZ // common, rate_hz // common
        self._taps = _filter(self._phases, rate_hz)
        self._next = 0  # the next output's place, in 1/phases of an input sample
        self._held = np.zeros(self._taps.shape[1] - 1, np.float32)

    def feed(self, samples: Samples) -> Samples:
        """The output that ``samples`` complete; the rest waits for more."""
        if self._phases == self._step:
            return samples
        line = np.concatenate((self._held, samples))
        available = len(samples) * self._phases
        places = np.arange(self._next, available, self._step)
        starts, phases = np.divmod(places, self._phases)
        width = self._taps.shape[1]
        windows = line[starts[:, None] + np.arange(width)]
        self._next += len(places) * self._step - available
        self._held = line[len(samples) :]
        return np.asarray(np.einsum("ij,ij->i", windows, self._taps[phases]), np.float32)


class Blocks:
    """Cuts a stream into blocks of 1600 samples (100 ms)."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)

    def feed(self, samples: Samples) -> list[Samples]:
        """The blocks that ``samples`` complete."""
        line = np.concatenate((self._rest, samples))
        whole = len(line) // BLOCK_SAMPLES * BLOCK_SAMPLES
        self._rest = line[whole:]
        return list(line[:whole].reshape(-1, BLOCK_SAMPLES))

    def last(self) -> Samples | None:
        """What is left over, filled up with silence; None when nothing is."""
        if not len(self._rest):
            return None
        block = np.zeros(BLOCK_SAMPLES, np.float32)
        block[: len(self._rest)] = self._rest
        self._rest = self._rest[:0]
        return block


def _filter(phases: int, rate_hz: int) -> Samples:
    """One row of taps a phase, each row with a sum of one so that a steady level stays."""
    cutoff = _ROLL_OFF * min(1.0, RATE_HZ / rate_hz)
    half = int(np.ceil(_ZERO_CROSSINGS / cutoff))
    offsets = np.arange(-half, half)[None, :] + 1 - np.arange(phases)[:, None] / phases
    window = np.cos(np.clip(offsets / (half + 1), -1, 1) * np.pi / 2) ** 2
    taps = np.sinc(offsets * cutoff) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), np.float32)
