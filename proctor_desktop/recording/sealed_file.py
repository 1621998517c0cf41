"""A segment's file that only the exam's keys can open: one sealed chunk for each picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proctor_desktop.core import media_type
from proctor_desktop.recording.segment_file import Sink
from proctor_desktop.wire.seal import Recipients, Sealer


class SealedFile:
    """Seals what is written and hands it to ``raw`` a picture at a time, so in memory until then.

    ``about`` stays readable for everybody. A chunk goes to the disk as a whole or not at all, so
    what a crash leaves can be opened and trusted up to its last whole picture. A file is complete
    only when it was ``finished``; ``seals`` is then the salted hash of its content.
    """

    def __init__(self, raw: Sink, to: Recipients, about: Mapping[str, Any]) -> None:
        self.seals = ""
        self._raw = raw
        self._sealer = Sealer(to, media_type.MP4, about)
        self._waiting = bytearray()
        raw.write(self._sealer.header)

    @property
    def size_bytes(self) -> int:
        """How large the file would be if what waits were sealed now, but for a few bytes."""
        return self._raw.size_bytes + len(self._waiting)

    @property
    def failure(self) -> OSError | None:
        """Why the file cannot be written to any more."""
        return self._raw.failure

    def write(self, data: bytes) -> int:
        """Take bytes of the picture that is being written."""
        self._waiting += data
        return len(data)

    def end_picture(self, at_ms: int) -> None:
        """Seal what was written since the last picture's end."""
        self._seal(at_ms, last=False)

    def finish(self, at_ms: int) -> None:
        """Seal the end, marked as the last; it has the last picture's time and may be empty."""
        self._seal(at_ms, last=True)
        self.seals = self._sealer.digest

    def sync(self) -> None:
        """Bring what was sealed to the disk; raises OSError."""
        self._raw.sync()

    def close(self) -> None:
        """Close; a second time does nothing."""
        self._raw.close()

    def _seal(self, at_ms: int, *, last: bool) -> None:
        self._raw.write(self._sealer.chunk(bytes(self._waiting), at_ms, last=last))
        self._waiting.clear()
