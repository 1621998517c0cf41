"""The last seconds of sound, in memory only, for exams that keep the sound around a voice."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.sound import RATE_HZ

Samples: TypeAlias = NDArray[np.float32]

_TOLERATED_S = 0.5


@dataclass(frozen=True, slots=True)
class SoundSpan:
    """Mono samples at 16 kHz from ``begins`` on.

    ``missing_s`` of them are silence in the place of sound that never came.
    """

    begins: Moment
    samples: Samples
    missing_s: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / RATE_HZ


class SoundRing:
    """Remembers the blocks of the last ``holds_s`` seconds and forgets what is older.

    Filled by the microphone's thread, read by another. An exam that keeps no sound has no ring.
    """

    def __init__(self, holds_s: float) -> None:
        self._holds_s = holds_s
        self._blocks: deque[tuple[Moment, Samples]] = deque()
        self._lock = threading.Lock()

    def add(self, ends: Moment, samples: Samples) -> None:
        """Remember a block that ended at ``ends``; it is kept as it is, not copied."""
        with self._lock:
            self._blocks.append((ends, samples))
            while ends.since_s(self._blocks[0][0]) > self._holds_s:
                self._blocks.popleft()

    def cut(self, begins: Moment, ends: Moment) -> SoundSpan | None:
        """The blocks that ended after ``begins`` and no later than ``ends``; None without any."""
        with self._lock:
            found = [
                (at, block)
                for at, block in self._blocks
                if begins.mono_ns < at.mono_ns <= ends.mono_ns
            ]
        return _joined(found) if found else None


def _joined(blocks: list[tuple[Moment, Samples]]) -> SoundSpan:
    """One line of sound, with silence where more than half a second is missing."""
    pieces: list[Samples] = []
    missing = 0
    last: Moment | None = None
    for at, block in blocks:
        late_s = at.since_s(last) - len(block) / RATE_HZ if last else 0.0
        if late_s > _TOLERATED_S:
            silence = np.zeros(round(late_s * RATE_HZ), np.float32)
            pieces.append(silence)
            missing += len(silence)
        pieces.append(block)
        last = at
    first_at, first = blocks[0]
    begins = first_at.later(-len(first) / RATE_HZ)
    return SoundSpan(begins, np.concatenate(pieces), missing / RATE_HZ)
