"""When a picture of the screen is worth taking: an idle screen is hardly looked at."""

from __future__ import annotations

from collections.abc import Callable

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import Moment
from proctor_desktop.hosts.screen_changes import ScreenChanges

POINTER_EVERY_S = 2.0
"""A pointer that only wanders about is worth a picture this often."""


class ScreenWatch:
    """Tells whether the screen may have changed: always, where the system does not tell of it.

    For one thread.
    """

    def __init__(
        self,
        open_changes: Callable[[], ScreenChanges],
        titled: Callable[[Moment, str], None] | None = None,
    ) -> None:
        """``titled`` is told the active window's title with each change, if it is given."""
        self._open_changes = open_changes
        self._titled = titled
        self._changes: ScreenChanges | None = None
        self._opened = False
        self._pointer: tuple[int, int] | None = None
        self._pointed: Moment | None = None

    def may_have_changed(self, now: Moment) -> bool:
        """Whether to take a picture; raises EnvironmentProblem when the display has gone."""
        if not self._opened:
            self._open()
        if self._changes is None:
            return True
        changed = self._changes.drawn() | self._pointed_elsewhere(self._changes, now)
        if changed and self._titled is not None:
            self._titled(now, self._changes.title())
        return changed

    def close(self) -> None:
        """Let go of the display; the next look begins anew, and finds a changed screen."""
        if self._changes is not None:
            self._changes.close()
        self._changes = self._pointer = self._pointed = None
        self._opened = False

    def _open(self) -> None:
        self._opened = True
        try:
            self._changes = self._open_changes()
        except EnvironmentProblem:
            self._changes = None  # so pictures are compared; a display that is gone gives none

    def _pointed_elsewhere(self, changes: ScreenChanges, now: Moment) -> bool:
        pointer = changes.pointer()
        if pointer == self._pointer:
            return False
        if self._pointed is not None and now.since_s(self._pointed) < POINTER_EVERY_S:
            return False
        self._pointer, self._pointed = pointer, now
        return True
