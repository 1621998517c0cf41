"""The file that a segment is written to: private, new, and honest about what reached it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

_PRIVATE = 0o600


class Sink(Protocol):
    """What a segment's bytes go into.

    The encoder tells where a picture ends (``at_ms`` after the first one's moment), so that a file
    can be sealed picture by picture.
    """

    @property
    def size_bytes(self) -> int:
        """How much was written."""
        ...

    @property
    def failure(self) -> OSError | None:
        """Why writing failed, if it did."""
        ...

    @property
    def seals(self) -> str:
        """The salted hash of a finished file's content, where it is sealed; else ""."""
        ...

    def write(self, data: bytes) -> int:
        """Append ``data``; never raises, a failure is kept in ``failure``."""
        ...

    def end_picture(self, at_ms: int) -> None:
        """All bytes of one more picture have been written."""
        ...

    def finish(self, at_ms: int) -> None:
        """No more is written; ``at_ms`` is the last picture's time."""
        ...

    def sync(self) -> None:
        """Bring what was written to the disk; raises OSError."""
        ...

    def close(self) -> None:
        """Close; a second time does nothing."""
        ...


class SegmentFile:
    """A new file that the video library writes to.

    A failed write must not be raised through the library's C code in the middle of a fragment. So
    it is kept in ``failure``, the fragment is cut off again where possible, and all later writes
    go nowhere; the encoder looks at ``failure`` after each frame.
    """

    seals = ""

    def __init__(self, path: Path) -> None:
        """Make ``path``, readable by its owner only; raises OSError, also when it exists."""
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
        self._handle = os.open(path, flags, _PRIVATE)
        self.size_bytes = 0
        self.failure: OSError | None = None

    def write(self, data: bytes) -> int:
        """Append ``data`` as a whole or not at all."""
        if self.failure is None:
            try:
                self._append(data)
                self.size_bytes += len(data)
            except OSError as problem:
                self.failure = problem
                os.ftruncate(self._handle, self.size_bytes)
        return len(data)

    def end_picture(self, at_ms: int) -> None:
        """It was written already."""

    def finish(self, at_ms: int) -> None:
        """It was written already."""

    def sync(self) -> None:
        """Bring what was written to the disk; raises OSError."""
        os.fsync(self._handle)

    def close(self) -> None:
        """Close; a second time does nothing."""
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1

    def _append(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._handle, rest) :]
