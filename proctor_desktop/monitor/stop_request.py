"""Who asked the session to end, and why: one word that anyone may say once."""

from __future__ import annotations


class StopRequest:
    """The first reason wins. Safe from any thread and from a signal handler: it takes no lock."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self.times = 0

    def ask(self, reason: str) -> None:
        """End the session for this reason, unless it is ending for another already.

        ``times`` says how often it was asked: somebody who asks again is in a hurry.
        """
        self.times += 1
        self.reason = self.reason or reason
