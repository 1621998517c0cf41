"""Where everything that happens meets: one bounded queue, one consumer."""

from __future__ import annotations

import queue
import time
from dataclasses import dataclass
from typing import TypeAlias

from proctor_desktop.core.event import Event
from proctor_desktop.core.moment import Moment
from proctor_desktop.recording.segment import Segment
from proctor_desktop.vision.calibration import CalibrationOutcome, CalibrationProgress
from proctor_desktop.wire.stdio import Upward

CAPACITY = 512
LONG_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class FromCandidate:
    """What the candidate did in the kiosk."""

    moment: Moment
    message: Upward


@dataclass(frozen=True, slots=True)
class KioskGone:
    """The kiosk's end of the pipe is closed."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class Calibrating:
    """How the calibration gets on."""

    progress: CalibrationProgress


@dataclass(frozen=True, slots=True)
class CalibrationEnded:
    """The calibration is over, one way or the other; ``room_dbfs`` is how loud the room was."""

    moment: Moment
    outcome: CalibrationOutcome
    room_dbfs: float | None = None


@dataclass(frozen=True, slots=True)
class SegmentFinished:
    """A piece of screen video is complete on disk and waits to become a blob."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class StageCrashed:
    """A thread died of a bug."""

    stage: str
    problem: BaseException


Item: TypeAlias = (
    Event
    | FromCandidate
    | KioskGone
    | Calibrating
    | CalibrationEnded
    | SegmentFinished
    | StageCrashed
)


class Inbox:
    """A full inbox makes producers wait: evidence is late rather than lost.

    ``longest_wait_s`` is the longest time a producer had to wait since it was last asked for.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._queue: queue.Queue[Item] = queue.Queue(capacity)
        self._longest_wait_s = 0.0

    def put(self, item: Item) -> None:
        """Add an item, waiting for room if need be."""
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            began = time.monotonic()
            self._queue.put(item)
            self._longest_wait_s = max(self._longest_wait_s, time.monotonic() - began)

    def get(self, timeout_s: float) -> Item | None:
        """The next item, or None when none came in time."""
        try:
            return self._queue.get(timeout=timeout_s) if timeout_s > 0 else self._queue.get_nowait()
        except queue.Empty:
            return None

    def take_longest_wait_s(self) -> float:
        """The longest wait so far; starts counting again."""
        longest, self._longest_wait_s = self._longest_wait_s, 0.0
        return longest
