"""A camera made of a script: what each grab gives, on a clock that goes on with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tests.fakes.manual_clock import ManualClock


class ScriptedCapture:
    """Each grab takes 1/30 s and succeeds as ``script`` says; at its end ``over`` is set."""

    def __init__(self, clock: ManualClock, script: Iterator[bool], over: threading.Event) -> None:
        self._clock = clock
        self._script = script
        self._over = over
        self._grabs = 0
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def grab(self) -> bool:
        self._clock.advance(1 / 30)
        self._grabs += 1
        try:
            return next(self._script)
        except StopIteration:
            self._over.set()
            threading.Event().wait(0.01)
            return True

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        return True, np.full((480, 640, 3), self._grabs % 256, np.uint8)

    def release(self) -> None:
        self.released = True


class ClosedCapture(ScriptedCapture):
    """A camera that does not open."""

    def __init__(self) -> None:
        super().__init__(ManualClock(), iter(()), threading.Event())

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return False


class HungCapture(ScriptedCapture):
    """A driver that never comes back from a grab until ``let_go`` is set."""

    def __init__(self, clock: ManualClock, good: int, over: threading.Event) -> None:
        super().__init__(clock, iter([True] * (good + 200)), over)
        self._good = good
        self.hangs = threading.Event()
        self.let_go = threading.Event()

    def grab(self) -> bool:
        if self._grabs == self._good:
            self.hangs.set()
            self.let_go.wait(20)
        return super().grab()
