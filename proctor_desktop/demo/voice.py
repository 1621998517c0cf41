"""Something to hear: a voice without words, made from nothing but numbers.

A voice is a train of pulses from the glottis, shaped by the resonances (formants) of mouth and
throat, which move from syllable to syllable. Here each harmonic of the pulse train is given the
loudness that the formants let through. It is no language, and no person's voice.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.sound import RATE_HZ
from proctor_desktop.demo.script import Script, Span

SPEECH_DBFS = -25.0
ROOM_DBFS = -65.0

Samples: TypeAlias = npt.NDArray[np.float64]

_VOWELS_HZ = np.array(
    [
        (850.0, 1220.0, 2810.0),
        (560.0, 2320.0, 2950.0),
        (310.0, 2790.0, 3310.0),
        (590.0, 920.0, 2710.0),
        (370.0, 950.0, 2670.0),
        (500.0, 1650.0, 2600.0),
    ]
)
"""First three resonances of a woman's vowels."""

_BANDWIDTHS_HZ = np.array((80.0, 110.0, 160.0))
_FORMANT_LOUDNESS = np.array((1.0, 0.5, 0.25))
_HIGHEST_HZ = 4_500.0
_PITCH_HZ = 195.0
_CONTROL_EVERY = 16  # samples; formants and pitch move slowly
_SYLLABLE_S = (0.14, 0.28)
_PHRASE_SYLLABLES = (6, 16)
_PAUSE_S = (0.25, 0.55)
_LEAST_PHRASE_S = 0.2
_BREATH_SHARE = 0.02


def write_voice_file(script: Script, path: Path) -> None:
    """Write the script's sound as mono WAV with 16 bits at 16 kHz, as long as its film.

    Raises EnvironmentProblem if the file cannot be written.
    """
    samples = speak(script.duration_s, (script.silence,))
    pcm = np.round(np.clip(samples, -1, 1) * 32_767).astype("<i2")
    try:
        with path.open("wb") as file, wave.open(file) as sound:
            sound.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
            sound.writeframes(pcm.tobytes())
    except OSError as problem:
        raise EnvironmentProblem(
            str(path), f"the sound cannot be written ({problem.strerror})", "Choose another folder."
        ) from problem


def speak(duration_s: float, silences: tuple[Span, ...], seed: int = 0) -> Samples:
    """Speech from -1 to 1 at RATE_HZ, with nothing but the room's noise in ``silences``.

    While it speaks it is at SPEECH_DBFS (rms), with the pauses that speakers make; the room is at
    ROOM_DBFS all the time. The same arguments give the same sound.
    """
    draw = np.random.default_rng(seed)
    voice = np.zeros(round(duration_s * RATE_HZ))
    spoken = np.zeros(len(voice), dtype=bool)
    for phrase in _phrases(duration_s, silences, draw):
        first, last = round(phrase.start_s * RATE_HZ), round(phrase.end_s * RATE_HZ)
        voice[first:last] = _phrase(last - first, draw)
        spoken[first:last] = True
    loudness = np.sqrt(np.mean(voice[spoken] ** 2)) if spoken.any() else 1.0
    return voice / loudness * _amplitude(SPEECH_DBFS) + _room(len(voice), draw)


def _phrases(
    duration_s: float, silences: tuple[Span, ...], draw: np.random.Generator
) -> Iterator[Span]:
    """When something is said: phrases with short pauses between, none into a silence."""
    time_s = draw.uniform(*_PAUSE_S)
    while time_s < duration_s - _LEAST_PHRASE_S:
        wanted_s = draw.integers(*_PHRASE_SYLLABLES) * sum(_SYLLABLE_S) / 2
        inside = next((silence for silence in silences if time_s in silence), None)
        if inside is not None:
            time_s = inside.end_s
            continue
        limits = [duration_s, *(s.start_s for s in silences if s.start_s > time_s)]
        end_s = min(time_s + wanted_s, *limits)
        if end_s - time_s >= _LEAST_PHRASE_S:
            yield Span(time_s, end_s)
        time_s = end_s + (0.0 if end_s in limits else draw.uniform(*_PAUSE_S))


def _phrase(length: int, draw: np.random.Generator) -> Samples:
    """One phrase, not yet at any particular level."""
    points = length // _CONTROL_EVERY + 2
    bounds = _syllable_bounds(points, draw)
    middles = (bounds[:-1] + bounds[1:]) / 2
    vowels = _VOWELS_HZ[draw.integers(0, len(_VOWELS_HZ), len(middles))]
    at = np.arange(points)
    formants = np.stack([np.interp(at, middles, vowels[:, one]) for one in range(3)], axis=1)
    pitch = (
        _PITCH_HZ
        * (1.08 - 0.2 * at / points)
        * np.interp(at, middles, draw.uniform(0.92, 1.1, len(middles)))
    )
    loudness = _syllable_loudness(at, bounds, draw)
    return _voiced(length, pitch, formants, loudness, draw)


def _syllable_bounds(points: int, draw: np.random.Generator) -> Samples:
    """Where syllables begin and end, in control points; the last ends with the phrase."""
    per_point_s = _CONTROL_EVERY / RATE_HZ
    lengths = draw.uniform(*_SYLLABLE_S, size=int(points * per_point_s / _SYLLABLE_S[0]) + 2)
    bounds = np.concatenate(([0.0], np.cumsum(lengths / per_point_s)))
    return np.asarray(np.append(bounds[bounds < points - 1], points - 1), dtype=np.float64)


def _syllable_loudness(
    at: npt.NDArray[np.int_], bounds: Samples, draw: np.random.Generator
) -> Samples:
    """Rising and falling with each syllable, never quite to nothing within a phrase."""
    middles = (bounds[:-1] + bounds[1:]) / 2
    stress = draw.uniform(0.7, 1.0, len(middles))
    knots = np.sort(np.concatenate((bounds, middles)))
    heights = np.empty(len(knots))
    heights[0::2], heights[1::2] = 0.25, stress
    heights[0] = heights[-1] = 0.0
    return np.interp(at, knots, heights)


def _voiced(
    length: int, pitch: Samples, formants: Samples, loudness: Samples, draw: np.random.Generator
) -> Samples:
    sample = np.arange(length) / _CONTROL_EVERY
    control = np.arange(len(pitch))
    phase = 2 * np.pi * np.cumsum(np.interp(sample, control, pitch)) / RATE_HZ
    sound = np.zeros(length)
    for harmonic in range(1, int(_HIGHEST_HZ / pitch.max()) + 1):
        passed = _passed(harmonic * pitch, formants) / harmonic
        sound += np.interp(sample, control, passed) * np.sin(harmonic * phase)
    breath = draw.normal(0.0, _BREATH_SHARE, length)
    return np.asarray((sound + breath) * np.interp(sample, control, loudness), dtype=np.float64)


def _passed(frequency: Samples, formants: Samples) -> Samples:
    """How much of a frequency the formants let through, at each control point."""
    off = (frequency[:, np.newaxis] - formants) / _BANDWIDTHS_HZ
    return np.asarray((_FORMANT_LOUDNESS / (1 + off**2)).sum(axis=1) + 0.03, dtype=np.float64)


def _room(length: int, draw: np.random.Generator) -> Samples:
    """Noise that is stronger in the low notes, as fans and rooms make it."""
    spectrum = np.fft.rfft(draw.normal(size=length))
    frequency = np.fft.rfftfreq(length, 1 / RATE_HZ)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequency, 60.0)), length)
    return np.asarray(noise / np.std(noise) * _amplitude(ROOM_DBFS), dtype=np.float64)


def _amplitude(dbfs: float) -> float:
    return float(10 ** (dbfs / 20))
