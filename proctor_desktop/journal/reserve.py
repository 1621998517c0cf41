"""Space that is taken in good time, to be given up when there is no other."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

SIZE_BYTES = 64 * 1024 * 1024
_PIECE = bytes(1024 * 1024)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)


class Reserve:
    """A file of zeros in the session's folder."""

    def __init__(self, folder: Path, size_bytes: int = SIZE_BYTES) -> None:
        self.size_bytes = size_bytes
        self._path = folder / "reserve"

    @property
    def held(self) -> bool:
        """Whether the space is still set aside."""
        return self._path.exists()

    def take(self) -> bool:
        """Set the space aside; False, and nothing is, when there is not so much."""
        if self.held and self._path.stat().st_size == self.size_bytes:
            return True
        try:
            descriptor = os.open(self._path, _NEW, 0o600)
            try:
                self._allocate(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            self.give_up()
            return False
        return True

    def give_up(self) -> bool:
        """Free the space; whether there was any to free."""
        if not self.held:
            return False
        with suppress(OSError):  # a disk that is read-only has no room either way
            self._path.unlink()
        return not self.held

    def _allocate(self, descriptor: int) -> None:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, self.size_bytes)
            return
        for _ in range(self.size_bytes // len(_PIECE)):
            os.write(descriptor, _PIECE)
