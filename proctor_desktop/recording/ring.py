"""The last seconds of the camera's pictures, in memory only, for clips that an exam asks for."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.recording import still

QUALITY = 80
"""Good enough to be encoded once more: 18 to 41 kB a picture of 640 x 480."""


@dataclass(frozen=True, slots=True)
class RingPicture:
    """One picture as JPEG, and when it was taken."""

    moment: Moment
    jpeg: bytes


Pictures: TypeAlias = tuple[RingPicture, ...]


class CameraRing:
    """Holds the pictures of the last ``kept_s`` seconds and forgets those before.

    At eight pictures a second that is about 0.15 to 0.35 MB a second. Nothing of it reaches the
    disk. Filled by the vision thread (0.7 ms a picture), read by the engine's.
    """

    def __init__(self, kept_s: float) -> None:
        self._kept_ns = round(kept_s * NS_PER_S)
        self._pictures: deque[RingPicture] = deque()
        self._lock = threading.Lock()

    def add(self, frame: Frame[NDArray[np.uint8]]) -> None:
        """Remember an RGB picture."""
        picture = RingPicture(frame.moment, still.jpeg(frame.image, QUALITY))
        oldest_ns = frame.moment.mono_ns - self._kept_ns
        with self._lock:
            self._pictures.append(picture)
            while self._pictures[0].moment.mono_ns < oldest_ns:
                self._pictures.popleft()

    def between(self, start: Moment, end: Moment) -> Pictures:
        """The pictures from ``start`` to ``end``, oldest first."""
        with self._lock:
            return tuple(
                picture
                for picture in self._pictures
                if start.mono_ns <= picture.moment.mono_ns <= end.mono_ns
            )
