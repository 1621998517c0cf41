"""Whether the microphone gives a signal at all, and whether it is too loud to be made out.

A muted microphone gives zeros, or one constant number, or that with a dither of a step or two of
16 bits; a living one always carries the noise of its own amplifier, which is far above that. One
that is too loud has flat tops: several samples in a row at full scale, all alike. The peak of a
loud but whole tone is round and does not look like that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.observation import SoundSignal
from proctor_desktop.core.sound import BLOCKS_A_REPORT, REPORT_S

_STEP = 2.0**-15  # one step of 16 bits
_DITHER_STEPS = 4
_DEAD_BLOCKS = 2
_FULL_SCALE = 0.99
_BEYOND = 1.001
_FLAT_WITHIN = 1e-4
_FLAT_RUN = 3


class SignalWatch:
    """Turns blocks of 1600 samples at 16 kHz into a SoundSignal every half second.

    ``digital_silence`` speaks of how the half second ends (its last 200 ms), so that a microphone
    that is muted is known as such as soon as can be, and one that is back, too.
    """

    def __init__(self) -> None:
        self._blocks = 0
        self._dead_in_a_row = 0
        self._clipped = 0.0

    def hear(self, samples: NDArray[np.float32]) -> SoundSignal | None:
        """Take the next block (numbers from -1 to 1); what is known after every fifth one."""
        self._dead_in_a_row = self._dead_in_a_row + 1 if is_dead(samples) else 0
        self._clipped += clipped_share(samples) / BLOCKS_A_REPORT
        self._blocks += 1
        if self._blocks % BLOCKS_A_REPORT:
            return None
        clipped, self._clipped = self._clipped, 0.0
        return SoundSignal(
            span_s=REPORT_S,
            digital_silence=self._dead_in_a_row >= _DEAD_BLOCKS,
            clipped=round(clipped, 4),
        )


def is_dead(samples: NDArray[np.float32]) -> bool:
    """Whether a block holds no more than a constant and dither."""
    return bool(np.ptp(samples) <= _DITHER_STEPS * _STEP)


def clipped_share(samples: NDArray[np.float32]) -> float:
    """The share of samples (0-1) in flat tops at full scale.

    Flat tops that a resampler has rounded swing beyond full scale, and those samples count too.
    """
    size = np.abs(samples)
    loud = size >= _FULL_SCALE
    if not loud.any():
        return 0.0
    flat = loud[1:] & loud[:-1] & (np.abs(np.diff(samples)) <= _FLAT_WITHIN)
    return float(np.mean(_in_runs(flat) | (size >= _BEYOND)))


def _in_runs(flat: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The samples that belong to at least three alike; ``flat`` says so of neighbours."""
    steps = _FLAT_RUN - 1
    edges = np.diff(np.concatenate(([0], flat.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    runs = np.zeros(len(flat) + 1, np.bool_)
    for start, end in zip(starts, ends, strict=True):
        if end - start >= steps:
            runs[start : end + 1] = True
    return runs
