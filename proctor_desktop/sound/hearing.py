"""All that is made of the microphone's sound, in one place: level, signal and speech."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.observation import SoundLevel, SoundSignal, SpeechHeard
from proctor_desktop.sound.activity import SoundActivity
from proctor_desktop.sound.signal import SignalWatch
from proctor_desktop.sound.speech import SpeechDetector

Heard: TypeAlias = SoundLevel | SoundSignal | SpeechHeard
OpenSpeech: TypeAlias = Callable[[], SpeechDetector]


class Hearing:
    """Takes blocks of 1600 samples (16 kHz, mono, ``float32`` from -1 to 1), all from one thread.

    The speech model is opened here and now; EnvironmentProblem is raised if it cannot be. With
    ``open_speech`` None speech is not listened for, and no SpeechHeard is ever told.
    """

    def __init__(self, open_speech: OpenSpeech | None) -> None:
        self._activity = SoundActivity()
        self._signal = SignalWatch()
        self._speech = open_speech() if open_speech is not None else None

    @property
    def room_dbfs(self) -> float | None:
        """The room's noise floor as last measured; None before and while it is."""
        return self._activity.room_dbfs

    def measure_room(self) -> None:
        """Take the next 2.5 s as the quiet room; see SoundActivity. May come from any thread."""
        self._activity.measure_room()

    def hear(self, samples: NDArray[np.float32]) -> tuple[Heard, ...]:
        """Take the next block; what is to be told after it, which mostly is nothing."""
        numbers = _numbers(samples)
        told = (
            self._activity.hear(numbers),
            self._signal.hear(numbers),
            self._speech.hear(numbers) if self._speech is not None else None,
        )
        return tuple(one for one in told if one is not None)


def _numbers(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The samples with silence in place of what is no number: broken drivers give such."""
    if np.isfinite(samples).all():
        return samples
    return np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
