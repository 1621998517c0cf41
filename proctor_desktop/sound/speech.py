"""Is somebody speaking? Silero's voice activity network, told as soon as it is known.

The network (MIT, out of the wheel silero-vad 6.2.3) reads 32 ms of sound at 16 kHz with the 4 ms
before and a state of its own, and gives the probability of speech. What counts as speech starts
just before the network is sure, goes on through weak syllables and short pauses between words, and
must last a quarter of a second: a cough, a creak or a key that resembles a syllable does not.
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
from proctor_desktop.core.sound import RATE_HZ, REPORT_S
from proctor_desktop.hosts.onnx_session import importing_onnxruntime, open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Samples: TypeAlias = NDArray[np.float32]
Network: TypeAlias = Callable[[Samples], float]
"""The probability (0-1) that the next 512 samples are speech."""

CHUNK_SAMPLES = 512
CHUNK_S = CHUNK_SAMPLES / RATE_HZ
SPAN_CHUNKS = round(REPORT_S / CHUNK_S)

# Below one step of 16 bits there is nothing to find; a muted microphone then costs nothing either.
FAINTEST_DBFS = -90.0

_STARTS_AT = 0.5
_GOES_ON_AT = 0.35
_PAUSE_CHUNKS = 5
_SHORTEST_CHUNKS = 8
_NO_SPEECH = 0.15
_AFRESH_CHUNKS = 313  # ten seconds
_CONTEXT_SAMPLES = 64
_STATE_SHAPE = (2, 1, 128)


class Silero:
    """The network itself, with the state it carries from chunk to chunk.

    In long quiet that state grows deaf: a faint voice is then believed up to a second too late. So
    it begins afresh whenever there has been no speech for ten seconds.
    """

    def __init__(self, model: Path) -> None:
        """Open ``model``; raises EnvironmentProblem for a file that is not this network."""
        self._session = _open(model)
        self._rate = np.array(RATE_HZ, np.int64)
        self._state = np.zeros(_STATE_SHAPE, np.float32)
        self._without_speech = 0
        self._line = np.zeros((1, _CONTEXT_SAMPLES + CHUNK_SAMPLES), np.float32)

    def __call__(self, chunk: Samples) -> float:
        """The probability (0-1) that these 512 samples are speech."""
        probability = self._probability(chunk) if level_dbfs(chunk) >= FAINTEST_DBFS else 0.0
        self._without_speech = self._without_speech + 1 if probability < _NO_SPEECH else 0
        if self._without_speech >= _AFRESH_CHUNKS:
            self._state = np.zeros(_STATE_SHAPE, np.float32)
            self._without_speech = 0
        return probability

    def _probability(self, chunk: Samples) -> float:
        self._line[0, :_CONTEXT_SAMPLES] = self._line[0, -_CONTEXT_SAMPLES:]
        self._line[0, _CONTEXT_SAMPLES:] = chunk
        given = {"input": self._line, "state": self._state, "sr": self._rate}
        probability, self._state = self._session.run(None, given)
        return float(probability[0, 0])


class SpeechDetector:
    """Turns blocks of sound at 16 kHz into a SpeechHeard with each block in which somebody speaks.

    While nobody does, about every half second is told of. A span ends where it was known of the
    sound what it is: what may yet turn out to be speech, or a pause in it, is left for the next.
    """

    def __init__(self, model: Path | Network) -> None:
        """``model`` is the network's file, or a network; raises EnvironmentProblem for no model."""
        self._network = Silero(model) if isinstance(model, Path) else model
        self._rest = np.zeros(0, np.float32)
        self._runs = SpeechRuns()
        self._probabilities: list[float] = []

    def hear(self, samples: Samples) -> SpeechHeard | None:
        """Take the next samples (at most half a second); what is newly known, if it is worth it."""
        line = np.concatenate((self._rest, samples))
        whole = len(line) // CHUNK_SAMPLES * CHUNK_SAMPLES
        self._rest = line[whole:]
        for chunk in line[:whole].reshape(-1, CHUNK_SAMPLES):
            probability = self._network(chunk)
            self._probabilities.append(probability)
            self._runs.add(probability)
        if self._runs.speech_chunks or self._runs.known_chunks >= SPAN_CHUNKS:
            return self._report()
        return None

    def _report(self) -> SpeechHeard:
        span_s, speech_s = self._runs.take_s()
        probability = how_sure(self._probabilities)
        self._probabilities.clear()
        return SpeechHeard(span_s, speech_s, round(probability, 3))


class SpeechRuns:
    """How much speech there was, from the network's probabilities one after the other.

    ``known_chunks`` are those that were decided on since the last ``take_s``, ``speech_chunks`` how
    many of them are speech. The chunk before the first one with voice is, too: in most cases the
    voice begins there.
    """

    def __init__(self) -> None:
        self.known_chunks = 0
        self.speech_chunks = 0
        self._open = False
        self._voiced = 0
        self._waiting = 0
        self._pause = 0

    def take_s(self) -> tuple[float, float]:
        """The seconds that were decided on, and those of speech among them; counts from 0 again."""
        known_s, speech_s = self.known_chunks * CHUNK_S, self.speech_chunks * CHUNK_S
        self.known_chunks = self.speech_chunks = 0
        return round(known_s, 3), round(speech_s, 3)

    def add(self, probability: float) -> None:
        """Take the next chunk's probability."""
        if probability >= (_GOES_ON_AT if self._open else _STARTS_AT):
            self._voice()
        elif self._open:
            self._wait()
        else:
            self._none()

    def _voice(self) -> None:
        """One more chunk of voice; the short pause before it belongs to the speech."""
        self._open = True
        self._voiced += 1
        self._pause = 0
        self._waiting += 1
        if self._voiced >= _SHORTEST_CHUNKS:
            self.known_chunks += self._waiting
            self.speech_chunks += self._waiting
            self._waiting = 0

    def _wait(self) -> None:
        """A pause: short ones are speech, if more of it follows."""
        self._pause += 1
        self._waiting += 1
        if self._pause >= _PAUSE_CHUNKS:
            self._open = False
            self._voiced = self._pause = 0
            self._waiting -= 1
            self._none()

    def _none(self) -> None:
        """No speech, nor all that was waiting; but what comes may begin in this chunk."""
        self.known_chunks += self._waiting
        self._waiting = 1


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
