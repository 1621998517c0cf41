"""Who asked the session to end, and why: one word that anyone may say once."""

from __future__ import annotations


class StopRequest:
    """The first reason wins. Safe from any thread and from a signal handler: it takes no lock."""

    def __init__(self) -> None:
        self.reason: str | None = None

    def ask(self, reason: str) -> None:
        """End the session for this reason, unless it is ending for another already."""
        self.reason = self.reason or reason
