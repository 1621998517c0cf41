"""What the encoder writes to where no disk is wanted; memory does not fail."""

from __future__ import annotations


class MemoryFile:
    """Holds what was written; it is not sealed."""

    seals = ""

    def __init__(self) -> None:
        self.content = bytearray()
        self.failure: OSError | None = None

    @property
    def size_bytes(self) -> int:
        """How much was written."""
        return len(self.content)

    def write(self, data: bytes) -> int:
        """Append ``data``."""
        self.content += data
        return len(data)

    def end_picture(self, at_ms: int) -> None:
        """It is here already."""

    def finish(self, at_ms: int) -> None:
        """It is here already."""

    def sync(self) -> None:
        """There is no disk."""

    def close(self) -> None:
        """The content stays."""
