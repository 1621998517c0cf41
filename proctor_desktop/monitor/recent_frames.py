"""The last pictures and what was seen in them, so that evidence can show the one that decided."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_desktop.core.frame import Frame
from proctor_desktop.core.observation import Observation

Picture: TypeAlias = Frame[npt.NDArray[np.uint8]]

KEPT = 10
"""More than a second, 9 MB; the engine lags behind by a tenth of a second."""


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """A picture and what was seen in that very picture; nothing where nobody looked."""

    picture: Picture
    observations: tuple[Observation, ...] = ()


class RecentFrames:
    """A short ring of analysed frames; filled by the vision thread, read by the engine's."""

    def __init__(self, kept: int = KEPT) -> None:
        self._frames: deque[SeenPicture] = deque(maxlen=kept)
        self._lock = threading.Lock()

    def add(self, frame: Picture, observations: tuple[Observation, ...] = ()) -> None:
        """Remember a frame and what was seen in it, forgetting the oldest."""
        with self._lock:
            self._frames.append(SeenPicture(frame, observations))

    def find(self, number: int | None) -> Picture | None:
        """The frame with this number, or the newest for None; None when it is not here."""
        found = self.seen(number)
        return found.picture if found else None

    def seen(self, number: int | None) -> SeenPicture | None:
        """The same with what was seen in the frame."""
        with self._lock:
            if number is None:
                return self._frames[-1] if self._frames else None
            return next((one for one in self._frames if one.picture.number == number), None)

    def clear(self) -> None:
        """Forget everything, as when the camera is lost: an old picture must not stand in."""
        with self._lock:
            self._frames.clear()
