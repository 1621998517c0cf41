"""Which programs were active while a piece of video was recorded, by name only."""

from __future__ import annotations

from collections import deque

from proctor_desktop.core.moment import Moment

_REMEMBERED_S = 1800.0
"""Longer than any piece of video lasts and waits to be recorded."""


class ActivePrograms:
    """Remembers from when on which program was the active one; "" is none, and not told."""

    def __init__(self) -> None:
        self._since: deque[tuple[Moment, str]] = deque()

    def active(self, moment: Moment, program: str) -> None:
        """From ``moment`` on it is this one."""
        self._since.append((moment, program))
        while len(self._since) > 1 and moment.since_s(self._since[1][0]) > _REMEMBERED_S:
            self._since.popleft()

    def between(self, begins: Moment, ends: Moment) -> tuple[str, ...]:
        """Those that were active at any time of the span, each once, in the order of their turn."""
        found: dict[str, None] = {}
        known = list(self._since)
        until = [since.mono_ns for since, _ in known[1:]] + [ends.mono_ns + 1]
        for (since, program), over_ns in zip(known, until, strict=False):
            if program and over_ns > begins.mono_ns and since.mono_ns <= ends.mono_ns:
                found[program] = None
        return tuple(found)
