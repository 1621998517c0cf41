"""Where somebody speaks in a clean recording, by the second, from two things that must agree.

One knows nothing of the detector: the level of 10 ms pieces, against the recording's own loud and
quiet parts. The other is the network itself, run offline over the whole recording at two
alignments with a strict threshold. A second is speech when both find at least 0.3 s of it and none
when both find less than 0.15 s; otherwise it is undecided.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.sound.speech import CHUNK_S, CHUNK_SAMPLES, Silero
from tests.eval.sounds import RATE_HZ, Sound

Labels = NDArray[np.int8]
"""For each whole second 1 (speech), 0 (none) or -1 (undecided)."""

_SPEECH_FROM_S = 0.3
_NONE_BELOW_S = 0.15
_STRICT = 0.7


def by_agreement(sound: Sound, model: Path) -> Labels:
    """By loudness and by the network, where they agree."""
    loud, strict = by_loudness(sound), _labels(_strict_s(sound, model, len(sound) // RATE_HZ))
    return np.where(loud == strict, loud, np.int8(-1)).astype(np.int8)


def by_loudness(sound: Sound) -> Labels:
    """By loudness alone: right only where nothing but speech is loud."""
    return _labels(_loud_s(sound, len(sound) // RATE_HZ))


def _labels(found_s: NDArray[np.float64]) -> Labels:
    labels = np.full(len(found_s), -1, np.int8)
    labels[found_s >= _SPEECH_FROM_S] = 1
    labels[found_s < _NONE_BELOW_S] = 0
    return labels


def _loud_s(sound: Sound, seconds: int) -> NDArray[np.float64]:
    """For how long each second is nearer to the recording's loud parts than to its quiet ones."""
    pieces = sound[: seconds * RATE_HZ].reshape(-1, RATE_HZ // 100)
    levels = 10 * np.log10(np.mean(np.square(pieces, dtype=np.float64), axis=1) + 1e-9)
    quiet, loud = np.percentile(levels, (5, 95))
    over = levels > max(quiet + 0.4 * (loud - quiet), loud - 30)
    return np.asarray(over.reshape(seconds, -1).mean(axis=1))


def _strict_s(sound: Sound, model: Path, seconds: int) -> NDArray[np.float64]:
    found = np.zeros(seconds)
    for offset in (0, CHUNK_SAMPLES // 2):
        network = Silero(model)
        for at in range(offset, seconds * RATE_HZ - CHUNK_SAMPLES + 1, CHUNK_SAMPLES):
            if network(sound[at : at + CHUNK_SAMPLES]) >= _STRICT:
                found[(at + CHUNK_SAMPLES // 2) // RATE_HZ] += CHUNK_S / 2
    return found
