"""What each operating system can tell and do, behind protocols; chosen once, here."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Protocol

from proctor_desktop.core.capability import Capability
from proctor_desktop.hosts.focus import FocusProbe
from proctor_desktop.hosts.screen_changes import ScreenChanges
from proctor_desktop.hosts.session_kind import SessionKind, session_kind


class Host(Protocol):
    """The desktop this program runs in."""

    session: SessionKind

    def capabilities(self) -> tuple[Capability, ...]:
        """What can be watched here: ``focus``, ``screen`` and ``displays``, each with a reason."""
        ...

    def open_focus_probe(self) -> FocusProbe:
        """Start watching the active window; raises EnvironmentProblem where nobody can."""
        ...

    def open_screen_changes(self) -> ScreenChanges:
        """Start watching for drawings; raises EnvironmentProblem where the system tells of none."""
        ...


def this_host(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> Host:
    """The host that fits this platform and session; call it once and pass the result on."""
    session = session_kind(platform, environ)
    if session is SessionKind.X11:
        from proctor_desktop.hosts.linux_x11 import X11Host  # noqa: PLC0415 - Xlib is Linux only

        return X11Host(environ["DISPLAY"])
    from proctor_desktop.hosts.unsupported import UnsupportedHost  # noqa: PLC0415 - as above

    return UnsupportedHost(session)
