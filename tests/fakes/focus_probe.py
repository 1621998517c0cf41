"""A desktop whose active window the test decides."""

from __future__ import annotations

import threading

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.focus import ActiveWindow


class ScriptedProbe:
    """``show`` makes a window active; ``break_down`` is a desktop that went away."""

    def __init__(self, window: ActiveWindow | None) -> None:
        self._window = window
        self._changed = threading.Event()
        self._broken = False
        self.closed = False

    def show(self, window: ActiveWindow | None) -> None:
        self._window = window
        self._changed.set()

    def break_down(self) -> None:
        self._broken = True
        self._changed.set()

    def active(self) -> ActiveWindow | None:
        if self._broken:
            raise EnvironmentProblem("window focus", "the desktop is gone", "Log in again.")
        return self._window

    def wait(self, timeout_s: float) -> None:
        self._changed.wait(timeout_s)
        self._changed.clear()

    def wake(self) -> None:
        self._changed.set()

    def close(self) -> None:
        self.closed = True
