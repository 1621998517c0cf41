"""Which window is the active one: the question, put the same way to every system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ActiveWindow:
    """The program that the active window belongs to: its name and process, never a title."""

    application: str
    pid: int | None


class FocusProbe(Protocol):
    """A connection to whoever knows the active window.

    One thread uses it; only ``wake`` may come from another. ``active`` and ``wait`` raise
    EnvironmentProblem when the system can no longer tell; then the probe is closed and a new one
    opened.
    """

    def active(self) -> ActiveWindow | None:
        """The active window's program; None when no window is active."""
        ...

    def wait(self, timeout_s: float) -> None:
        """Return when something may have changed, when woken, or after ``timeout_s``."""
        ...

    def wake(self) -> None:
        """Make a ``wait`` in another thread return at once."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
