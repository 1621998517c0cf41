"""What kind of desktop session this is: a pure decision on what the environment says."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class SessionKind(StrEnum):
    """The systems that have, or will have, a module here."""

    X11 = "X11"
    WAYLAND = "Wayland"
    HEADLESS = "no display"
    WINDOWS = "Windows"
    MACOS = "macOS"


def session_kind(platform: str, environ: Mapping[str, str]) -> SessionKind:
    """The session that ``sys.platform`` and the environment describe.

    A Wayland session counts as Wayland even where ``DISPLAY`` is set: through XWayland a program
    sees only the windows of other X programs, which is worse than seeing none and saying so.
    """
    if platform == "win32":
        return SessionKind.WINDOWS
    if platform == "darwin":
        return SessionKind.MACOS
    if environ.get("XDG_SESSION_TYPE") == "wayland" or environ.get("WAYLAND_DISPLAY"):
        return SessionKind.WAYLAND
    return SessionKind.X11 if environ.get("DISPLAY") else SessionKind.HEADLESS
