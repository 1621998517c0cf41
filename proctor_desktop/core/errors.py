"""What can go wrong, by what the caller can do about it.

ProctorError
├── EnvironmentProblem   the machine, a file or a setting: tell the person, name the remedy
└── PeerProblem          the endpoint
    ├── PeerUnreachable  no answer, or "not now": retry, later
    └── PeerRefused      an answer that repeating the same request will not change

Anything else that is raised is a bug: it is left to crash and is journaled as such.
"""

from __future__ import annotations


class ProctorError(Exception):
    """Base of every failure this program expects."""


class EnvironmentProblem(ProctorError):
    """Something outside the program stops it; a person can put it right.

    ``what`` names the thing, ``why`` says what is wrong with it, ``remedy`` what to do.
    """

    def __init__(self, what: str, why: str, remedy: str) -> None:
        super().__init__(what, why, remedy)  # all of them, or no process could send it to another
        self.what = what
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}: {self.why}. {self.remedy}"


class PeerProblem(ProctorError):
    """The endpoint did not do what was asked."""


class PeerUnreachable(PeerProblem):
    """No usable answer: the network, a proxy, or a server that says "later".

    ``retry_after_s`` is the server's own wish, where it stated one.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PeerRefused(PeerProblem):
    """The endpoint understood and said no; ``status`` is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"HTTP {status}: {message}")
        self.status = status
