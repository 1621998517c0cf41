"""Sessions that no module watches yet: every ability is absent, and says why."""

from __future__ import annotations

from proctor_desktop.core.capability import Capability, Level
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.focus import FocusProbe
from proctor_desktop.hosts.screen_changes import ScreenChanges
from proctor_desktop.hosts.session_kind import SessionKind

_WHY = {
    SessionKind.WAYLAND: "Wayland does not let a program see other programs' windows or the screen",
    SessionKind.HEADLESS: "there is no display: DISPLAY is not set",
    SessionKind.WINDOWS: "this version cannot watch a Windows desktop",
    SessionKind.MACOS: "this version cannot watch a macOS desktop",
    SessionKind.X11: "this version cannot watch this desktop",
}
_FIX = {
    SessionKind.WAYLAND: "Log out and choose an X11 (Xorg) session on the login screen.",
    SessionKind.HEADLESS: "Start the program inside a desktop session, or under Xvfb.",
}
_DEFAULT_FIX = "Use a Linux computer with an X11 session."


class UnsupportedHost:
    """A host that can tell nothing, with the reason for each thing it cannot tell."""

    def __init__(self, session: SessionKind) -> None:
        self.session = session

    def capabilities(self) -> tuple[Capability, ...]:
        """Focus, screen and displays: not possible, and why."""
        why, fix = _WHY[self.session], _FIX.get(self.session, _DEFAULT_FIX)
        return tuple(
            Capability(name, Level.NOT_POSSIBLE, f"{why[0].upper()}{why[1:]}.", fix)
            for name in ("focus", "screen", "displays")
        )

    def open_focus_probe(self) -> FocusProbe:
        """Always raises EnvironmentProblem with the reason."""
        raise EnvironmentProblem(
            "window focus", _WHY[self.session], _FIX.get(self.session, _DEFAULT_FIX)
        )

    def open_screen_changes(self) -> ScreenChanges:
        """Always raises EnvironmentProblem with the reason."""
        raise EnvironmentProblem(
            "screen changes", _WHY[self.session], _FIX.get(self.session, _DEFAULT_FIX)
        )
