"""What the microphone hears: everything that a sound rule is there for, one after the other.

Made here, to the sample: noise as in a quiet room, a hum that is no silence, a voice without a
pause, a signal that is cut off at full scale, and nothing at all. Each begins at another phase of
the half seconds in which the sound is told of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.sound import BLOCK_S
from tests.bench.latency.candidate_film import CALM_S
from tests.bench.latency.episode import Episode, episodes
from tests.bench.latency.shots import NOTHING
from tests.bench.not_measured import NotMeasured
from tests.eval.sounds import RATE_HZ, decoded
from tests.fakes.media import tone, write_wav

Sound: TypeAlias = NDArray[np.float64]

_ROOM = 0.0008
_HUM_HZ = 220.0
_PIECE = RATE_HZ // 100
_BLOCK = round(BLOCK_S * RATE_HZ)
_LOUD_DB = 15.0
_LONGEST_PAUSE_S = 0.15
_CYCLES_TO_CLIP = 2
"""The rule for clipping has a long cooldown: every second time is often enough."""


@dataclass(frozen=True, slots=True)
class Soundtrack:
    """A sound file, and the episodes in it."""

    path: Path
    episodes: tuple[Episode, ...]


def record(path: Path, seconds: float, voice: Sound | None) -> Soundtrack:
    """A soundtrack that is a little longer than ``seconds``; without a voice nobody speaks."""
    pieces = [(room(CALM_S), NOTHING)]
    cycle = 0
    while sum(len(sound) for sound, _ in pieces) < seconds * RATE_HZ:
        pieces += _cycle(cycle, voice)
        cycle += 1
    shows = [shown for sound, shown in pieces for _ in range(len(sound) // _BLOCK)]
    write_wav(path, np.concatenate([sound for sound, _ in pieces]), RATE_HZ)
    return Soundtrack(path, episodes(shows, BLOCK_S))


def _cycle(number: int, voice: Sound | None) -> Iterator[tuple[Sound, frozenset[str]]]:
    """Everything once, with the rule whose matter it is; its length moves the next one's phase."""
    yield hum(1.0 + BLOCK_S * (number % 5)), NOTHING
    yield np.zeros(29 * _BLOCK), frozenset({"dead_microphone"})
    yield hum(1.1), NOTHING
    if voice is not None:
        yield voice + room(len(voice) / RATE_HZ), frozenset({"voice_detected"})
        yield hum(1.2), NOTHING
    if number % _CYCLES_TO_CLIP == 0:
        yield np.clip(hum(3.1) * 40, -1, 1), frozenset({"clipping"})
        yield hum(1.0), NOTHING
    yield room(12.5), frozenset({"prolonged_silence"})


def room(seconds: float) -> Sound:
    """Hardly any noise at all."""
    return np.random.default_rng(1).normal(0, _ROOM, round(seconds * RATE_HZ))


def hum(seconds: float) -> Sound:
    """A low tone: something is to be heard, but nobody speaks."""
    return tone(_HUM_HZ, seconds, RATE_HZ, 0.05) + room(seconds)


def voice_of(recording: Path, seconds: float) -> Sound:
    """Somebody who speaks for so long without a pause, out of a clean recording.

    Speech is what is loud in it, and what lies between two loud moments that are close together.
    Raises NotMeasured when there is no such stretch.
    """
    whole = decoded(recording).astype(np.float64)
    loud = np.flatnonzero(_levels_db(whole) > _LOUD_DB)
    pauses = np.diff(loud, prepend=-RATE_HZ) > 100 * _LONGEST_PAUSE_S
    for at in np.flatnonzero(pauses):
        last = np.searchsorted(loud, loud[at] + 100 * seconds)
        if last < len(loud) and not pauses[at + 1 : last + 1].any():
            begins = int(loud[at]) * _PIECE
            return whole[begins : begins + round(seconds * RATE_HZ)]
    raise NotMeasured(f"nobody speaks for {seconds:g} s without a pause in {recording.name}")


def _levels_db(sound: Sound) -> Sound:
    """The level of each 10 ms, above that of the quiet parts."""
    pieces = sound[: len(sound) // _PIECE * _PIECE].reshape(-1, _PIECE)
    levels = 10 * np.log10(np.mean(pieces**2, axis=1) + 1e-9)
    return np.asarray(levels - np.percentile(levels, 5))
