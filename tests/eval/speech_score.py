"""From sound through the product's own hearing and core to what it found, and how right that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.event import ExamStarted
from proctor_desktop.core.observation import SpeechHeard
from proctor_desktop.core.policy import Policy
from proctor_desktop.sound.hearing import Hearing
from proctor_desktop.sound.speech import SpeechDetector
from tests.eval.judge import Judge
from tests.eval.sounds import Sound
from tests.eval.speech_truth import Labels

BLOCK = 1600
RULE = "voice_detected"

_HEARD_FROM_S = 0.25
_GRID_HZ = 100


@dataclass(frozen=True, slots=True)
class Score:
    """Seconds by truth and finding."""

    hit: int = 0
    missed: int = 0
    false: int = 0
    right_none: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.hit + other.hit,
            self.missed + other.missed,
            self.false + other.false,
            self.right_none + other.right_none,
        )

    def to_json(self) -> dict[str, Any]:
        """Precision, recall and F1 too; None where there is nothing to divide by."""
        return {
            "speech_s": self.hit + self.missed,
            "other_s": self.false + self.right_none,
            "missed_s": self.missed,
            "false_s": self.false,
            "precision": _share(self.hit, self.hit + self.false),
            "recall": _share(self.hit, self.hit + self.missed),
            "f1": _share(2 * self.hit, 2 * self.hit + self.false + self.missed),
        }


def heard(sound: Sound, model: Path) -> list[SpeechHeard]:
    """What the product's own hearing tells of it, span by span."""
    hearing = Hearing(lambda: SpeechDetector(model))
    return [
        one
        for block in blocks(sound)
        for one in hearing.hear(block)
        if isinstance(one, SpeechHeard)
    ]


def blocks(sound: Sound) -> Iterator[Sound]:
    """The sound as the microphone delivers it, 100 ms at a time."""
    return iter(sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK))


def compare(spans: list[SpeechHeard], labels: Labels) -> Score:
    """How what was told of each second agrees with its label; -1 is left out."""
    found = by_second(spans, len(labels)) >= _HEARD_FROM_S
    return Score(
        hit=int((found & (labels == 1)).sum()),
        missed=int((~found & (labels == 1)).sum()),
        false=int((found & (labels == 0)).sum()),
        right_none=int((~found & (labels == 0)).sum()),
    )


def by_second(spans: list[SpeechHeard], seconds: int) -> NDArray[np.float64]:
    """The seconds of speech in each of so many; a span with speech in it ends with that."""
    spoken = np.zeros(seconds * _GRID_HZ, np.bool_)
    for end_s, span in zip(_ends_s(spans), spans, strict=True):
        spoken[round((end_s - span.speech_s) * _GRID_HZ) : round(end_s * _GRID_HZ)] = True
    return spoken.reshape(-1, _GRID_HZ).mean(axis=1)


def violations(spans: list[SpeechHeard]) -> int:
    """How many violations the core makes of it, at the default settings."""
    judge = Judge(Policy())
    judge.tell(0.0, ExamStarted())
    for end_s, span in zip(_ends_s(spans), spans, strict=True):
        judge.tell(end_s, span)
    return sum(one.rule == RULE for one in judge.fired)


def _ends_s(spans: list[SpeechHeard]) -> list[float]:
    """When each span ends, since the first one began."""
    return list(accumulate(span.span_s for span in spans))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
