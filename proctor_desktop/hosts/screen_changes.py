"""Whether the screen may have changed since it was last looked at, without looking at it."""

from __future__ import annotations

from typing import Protocol


class ScreenChanges(Protocol):
    """Watches a screen on behalf of whoever takes its pictures; for one thread."""

    def drawn(self) -> bool:
        """Whether anything was drawn since the last call; raises EnvironmentProblem."""
        ...

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is, in pixels; raises EnvironmentProblem."""
        ...

    def title(self) -> str:
        """The active window's title, "" when there is none; raises EnvironmentProblem."""
        ...

    def close(self) -> None:
        """Let go of the display; a second time does nothing."""
        ...
