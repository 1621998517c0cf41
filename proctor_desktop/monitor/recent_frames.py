"""The last pictures, in memory only, so that evidence can show the one that decided."""

from __future__ import annotations

import threading
from collections import deque
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_desktop.core.frame import Frame

Picture: TypeAlias = Frame[npt.NDArray[np.uint8]]

KEPT = 16
"""Two seconds at eight frames a second, 15 MB: more than the engine ever lags behind."""


class RecentFrames:
    """A short ring of analysed frames; filled by the vision thread, read by the engine's."""

    def __init__(self, kept: int = KEPT) -> None:
        self._frames: deque[Picture] = deque(maxlen=kept)
        self._lock = threading.Lock()

    def add(self, frame: Picture) -> None:
        """Remember a frame, forgetting the oldest."""
        with self._lock:
            self._frames.append(frame)

    def find(self, number: int | None) -> Picture | None:
        """The frame with this number, or the newest for None; None when it is not here."""
        with self._lock:
            if number is None:
                return self._frames[-1] if self._frames else None
            return next((frame for frame in self._frames if frame.number == number), None)

    def clear(self) -> None:
        """Forget everything, as when the camera is lost: an old picture must not stand in."""
        with self._lock:
            self._frames.clear()
