"""When the next picture is due: steady on average, and never in a burst."""

from __future__ import annotations

from proctor_desktop.core.moment import NS_PER_S


def interval_ns(per_s: float) -> int:
    """Nanoseconds between two of ``per_s`` things a second."""
    return round(NS_PER_S / per_s)


def next_due_ns(due_ns: int, now_ns: int, every_ns: int) -> int:
    """The first due time after ``now_ns`` on the grid that ``due_ns`` lies on.

    Being late does not move the grid, so there is no drift; what was missed in a stall is not
    caught up with, so there is no burst.
    """
    missed = max(0, (now_ns - due_ns) // every_ns)
    return due_ns + (missed + 1) * every_ns


def wait_s(due_ns: int, now_ns: int) -> float:
    """Seconds until ``due_ns``; zero when it has passed."""
    return max(0, due_ns - now_ns) / NS_PER_S
