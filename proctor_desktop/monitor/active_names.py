"""What was active while a piece of video was recorded: programs or windows, by name only."""

from __future__ import annotations

import threading
from collections import deque

from proctor_desktop.core.moment import Moment

_REMEMBERED_S = 1800.0
"""Longer than any piece of video lasts and waits to be recorded."""


class ActiveNames:
    """Remembers from when on which one was active; "" is none, and not told. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: deque[tuple[Moment, str]] = deque()

    def active(self, moment: Moment, name: str) -> None:
        """From ``moment`` on it is this one."""
        with self._lock:
            if not self._since or self._since[-1][1] != name:
                self._since.append((moment, name))
            while len(self._since) > 1 and moment.since_s(self._since[1][0]) > _REMEMBERED_S:
                self._since.popleft()

    def between(self, begins: Moment, ends: Moment) -> tuple[str, ...]:
        """Those that were active at any time of the span, each once, in the order of their turn."""
        found: dict[str, None] = {}
        with self._lock:
            known = list(self._since)
        until = [since.mono_ns for since, _ in known[1:]] + [ends.mono_ns + 1]
        for (since, name), over_ns in zip(known, until, strict=False):
            if name and over_ns > begins.mono_ns and since.mono_ns <= ends.mono_ns:
                found[name] = None
        return tuple(found)
