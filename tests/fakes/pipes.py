"""Pipes between kiosk and monitor."""

from __future__ import annotations

import io
import os
import threading
from typing import TextIO


class Pipe:
    """A real pipe with a text end for writing and one for reading."""

    def __init__(self) -> None:
        read, write = os.pipe()
        self.reads: TextIO = os.fdopen(read, "r", encoding="utf-8")
        self.writes: TextIO = os.fdopen(write, "w", encoding="utf-8")

    def close(self) -> None:
        """Close both ends, whatever is left in them."""
        for end in (self.writes, self.reads):
            try:
                end.close()
            except OSError:
                end.close()


class Blocked(io.StringIO):
    """A text stream whose reader hangs: writing waits until ``released``."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.released = threading.Event()

    def write(self, text: str) -> int:
        self.reached.set()
        self.released.wait(5)
        return super().write(text)


class Refusing(io.StringIO):
    """A text stream that fails."""

    def __init__(self, problem: Exception) -> None:
        super().__init__()
        self._problem = problem

    def write(self, text: str) -> int:
        raise self._problem
