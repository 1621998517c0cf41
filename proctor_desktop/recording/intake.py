"""Where screen frames wait for the encoder: two seconds' worth, whole frames or none."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeAlias

from proctor_desktop.core.frame import Frame, Image
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Observation
from proctor_desktop.recording.missing import MissingFrames

Report: TypeAlias = Callable[[Moment, Observation], None]

_HOLDS_S = 2.0
_HOLDS_AT_LEAST = 2


class Intake(Generic[Image]):
    """A bounded queue. A frame that finds it full is dropped; each such span is one Gap."""

    def __init__(self, frames_per_s: float, report: Report) -> None:
        self._room = max(_HOLDS_AT_LEAST, math.ceil(_HOLDS_S * frames_per_s))
        self._report = report
        self._frames: deque[Frame[Image]] = deque()
        self._condition = threading.Condition()
        self._missing = MissingFrames()
        self._closed = False

    def put(self, frame: Frame[Image]) -> bool:
        """Queue ``frame``; False when it was dropped. For one producer.

        A frame without a picture says that the screen stands still; nothing is lost with it.
        """
        with self._condition:
            if len(self._frames) >= self._room:
                if frame.image is None:
                    return False
                self._missing.miss(frame.moment, "the encoder was slower than the screen")
                return False
            self._frames.append(frame)
            self._condition.notify()
        self.end_gap(frame.moment)
        return True

    def take(self, timeout_s: float) -> Frame[Image] | None:
        """The oldest frame; None when none came in time, or none will come."""
        with self._condition:
            self._condition.wait_for(lambda: bool(self._frames) or self._closed, timeout_s)
            return self._frames.popleft() if self._frames else None

    def close(self) -> None:
        """Nothing more comes; what is there can still be taken, without waiting."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def end_gap(self, moment: Moment) -> None:
        """Report the span that ends at ``moment``, if frames are missing."""
        gap = self._missing.end(moment)
        if gap is not None:
            self._report(moment, gap)
