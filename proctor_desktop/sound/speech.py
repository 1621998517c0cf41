"""Is somebody speaking? Silero's voice activity network, half a second at a time.

The network (MIT, out of the wheel silero-vad 6.2.3) reads 32 ms of sound at 16 kHz with the 4 ms
before and a state of its own, and gives the probability of speech. What counts as speech starts
where the network is sure, goes on through weak syllables and short pauses between words, and must
last a quarter of a second: a cough, a creak or a key that resembles a syllable does not.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log10
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.config.remedy import SYNC_WEIGHTS
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.observation import SpeechHeard
from proctor_desktop.core.sound import BLOCK_SAMPLES, BLOCKS_A_REPORT, RATE_HZ, REPORT_S
from proctor_desktop.hosts.onnx_session import importing_onnxruntime, open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Samples: TypeAlias = NDArray[np.float32]
Network: TypeAlias = Callable[[Samples], float]
"""The probability (0-1) that the next 512 samples are speech."""

CHUNK_SAMPLES = 512
CHUNK_S = CHUNK_SAMPLES / RATE_HZ
SPAN_SAMPLES = BLOCKS_A_REPORT * BLOCK_SAMPLES

# Below one step of 16 bits there is nothing to find; a muted microphone then costs nothing either.
FAINTEST_DBFS = -90.0

_STARTS_AT = 0.5
_GOES_ON_AT = 0.35
_PAUSE_CHUNKS = 5
_SHORTEST_CHUNKS = 8
_CONTEXT_SAMPLES = 64
_STATE_SHAPE = (2, 1, 128)


class Silero:
    """The network itself, with the state it carries from chunk to chunk."""

    def __init__(self, model: Path) -> None:
        """Open ``model``; raises EnvironmentProblem for a file that is not this network."""
        self._session = _open(model)
        self._rate = np.array(RATE_HZ, np.int64)
        self._state = np.zeros(_STATE_SHAPE, np.float32)
        self._line = np.zeros((1, _CONTEXT_SAMPLES + CHUNK_SAMPLES), np.float32)

    def __call__(self, chunk: Samples) -> float:
        """The probability (0-1) that these 512 samples are speech."""
        if level_dbfs(chunk) < FAINTEST_DBFS:
            return 0.0
        self._line[0, :_CONTEXT_SAMPLES] = self._line[0, -_CONTEXT_SAMPLES:]
        self._line[0, _CONTEXT_SAMPLES:] = chunk
        given = {"input": self._line, "state": self._state, "sr": self._rate}
        probability, self._state = self._session.run(None, given)
        return float(probability[0, 0])


class SpeechDetector:
    """Turns blocks of sound at 16 kHz into a SpeechHeard every half second."""

    def __init__(self, model: Path | Network) -> None:
        """``model`` is the network's file, or a network; raises EnvironmentProblem for no model."""
        self._network = Silero(model) if isinstance(model, Path) else model
        self._rest = np.zeros(0, np.float32)
        self._runs = SpeechRuns()
        self._samples = 0
        self._probabilities: list[float] = []

    def hear(self, samples: Samples) -> SpeechHeard | None:
        """Take the next samples (at most half a second); a report with each half second.

        ``speech_s`` never exceeds the span: the little that became known late, because it was too
        short to count until then, is told with the next span where that has room for it.
        """
        line = np.concatenate((self._rest, samples))
        whole = len(line) // CHUNK_SAMPLES * CHUNK_SAMPLES
        self._rest = line[whole:]
        for chunk in line[:whole].reshape(-1, CHUNK_SAMPLES):
            probability = self._network(chunk)
            self._probabilities.append(probability)
            self._runs.add(probability)
        self._samples += len(samples)
        if self._samples < SPAN_SAMPLES:
            return None
        self._samples -= SPAN_SAMPLES
        return self._report()

    def _report(self) -> SpeechHeard:
        speech_s = min(REPORT_S, self._runs.speech_s)
        self._runs.speech_s = 0.0
        probability = how_sure(self._probabilities)
        self._probabilities.clear()
        return SpeechHeard(REPORT_S, round(speech_s, 3), round(probability, 3))


class SpeechRuns:
    """How much speech there was, from the network's probabilities one after the other.

    ``speech_s`` grows; whoever reads it sets it back.
    """

    def __init__(self) -> None:
        self.speech_s = 0.0
        self._open = False
        self._voiced = 0
        self._uncounted = 0
        self._pause = 0

    def add(self, probability: float) -> None:
        """Take the next chunk's probability."""
        if probability >= (_GOES_ON_AT if self._open else _STARTS_AT):
            self._voice()
        elif self._open:
            self._pause += 1
            if self._pause >= _PAUSE_CHUNKS:
                self._forget()

    def _voice(self) -> None:
        """One more chunk of voice; the short pause before it belongs to the speech."""
        self._open = True
        self._uncounted += 1 + self._pause
        self._voiced += 1
        self._pause = 0
        if self._voiced >= _SHORTEST_CHUNKS:
            self.speech_s += CHUNK_S * self._uncounted
            self._uncounted = 0

    def _forget(self) -> None:
        self._open = False
        self._voiced = self._uncounted = self._pause = 0


def how_sure(probabilities: list[float]) -> float:
    """The mean probability (0-1) of the chunks with voice; without any, that of them all."""
    voiced = [one for one in probabilities if one >= _GOES_ON_AT] or probabilities
    return float(np.mean(voiced)) if voiced else 0.0


def _open(model: Path) -> InferenceSession:
    with importing_onnxruntime():
        import onnxruntime  # noqa: PLC0415 - takes 0.1 s, and without the model it is not needed
    session = open_session(onnxruntime, model)
    if {one.name for one in session.get_inputs()} != {"input", "state", "sr"}:
        raise EnvironmentProblem(str(model), "it is not the speech model", SYNC_WEIGHTS)
    return session


def level_dbfs(samples: Samples) -> float:
    """The level of some samples, where 0 is a square wave at full scale."""
    return 10 * log10(max(float(samples @ samples) / len(samples), 1e-18))
