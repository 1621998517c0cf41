"""The wish that nothing be recorded for a while, and why; told by one thread, heeded by another."""

from __future__ import annotations

import threading


class PauseRequest:
    """Holds the reason, "" while nobody wants a pause."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reason = ""

    def ask(self, reason: str) -> None:
        """Want a pause for this reason, or none ("")."""
        with self._lock:
            self._reason = reason

    @property
    def reason(self) -> str:
        """Why nothing is to be recorded; "" when it is."""
        with self._lock:
            return self._reason
