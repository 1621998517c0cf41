"""Linux with an X server: the active window and the whole screen can be watched."""

from __future__ import annotations

from proctor_desktop.core.capability import Capability, Level
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.focus import FocusProbe
from proctor_desktop.hosts.screen_changes import ScreenChanges
from proctor_desktop.hosts.session_kind import SessionKind
from proctor_desktop.hosts.x11_damage import X11Damage
from proctor_desktop.hosts.x11_focus import X11FocusProbe, connect, has_window_manager

_CANNOT_STOP_IT = "Another window can be noticed and named, but not kept away."


class X11Host:
    """The desktop on one X display."""

    session = SessionKind.X11

    def __init__(self, display: str) -> None:
        self._display = display

    def capabilities(self) -> tuple[Capability, ...]:
        """What works on this display now; asks the X server and the window manager."""
        try:
            connection = connect(self._display)
        except EnvironmentProblem as problem:
            return tuple(_absent(name, problem) for name in ("focus", "screen", "displays"))
        try:
            managed = has_window_manager(connection)
        finally:
            connection.close()
        return (_focus(managed), _SCREEN, _DISPLAYS)

    def open_focus_probe(self) -> FocusProbe:
        """Watch the active window; raises EnvironmentProblem without X server or window manager."""
        return X11FocusProbe(self._display)

    def open_screen_changes(self) -> ScreenChanges:
        """Watch for drawings; raises EnvironmentProblem where the X server does not tell."""
        return X11Damage(self._display)


_SCREEN = Capability(
    "screen", Level.DETECTED, "The X server gives pictures of all displays together."
)
_DISPLAYS = Capability(
    "displays",
    Level.NOT_POSSIBLE,
    "This version does not notice displays being added; the screen recording shows all of them.",
)


def _focus(managed: bool) -> Capability:
    if managed:
        return Capability("focus", Level.DETECTED, _CANNOT_STOP_IT)
    return Capability(
        "focus",
        Level.NOT_POSSIBLE,
        "No window manager runs, so nobody knows which window is active.",
        "Start a window manager (a desktop session has one; openbox will do).",
    )


def _absent(name: str, problem: EnvironmentProblem) -> Capability:
    reason = f"{problem.what}: {problem.why}."
    return Capability(name, Level.NOT_POSSIBLE, reason, problem.remedy)
