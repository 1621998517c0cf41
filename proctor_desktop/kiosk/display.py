"""Whether there is a display: Qt itself ends the process with a core dump where there is none."""

from __future__ import annotations

import ctypes
import re
import socket
import sys
from collections.abc import Mapping

from proctor_desktop.core.errors import EnvironmentProblem

_LOCAL_DISPLAY = re.compile(r"^(?:unix)?:(\d+)(?:\.\d+)?$")
_XCB_CURSOR = "libxcb-cursor.so.0"


def require_display(environment: Mapping[str, str]) -> None:
    """Raise EnvironmentProblem if a window cannot be opened here, saying why."""
    if sys.platform != "linux" or environment.get("QT_QPA_PLATFORM", "xcb") != "xcb":
        return
    if environment.get("WAYLAND_DISPLAY"):
        return
    display = environment.get("DISPLAY", "")
    if not display:
        raise _no_display("neither DISPLAY nor WAYLAND_DISPLAY is set")
    if not _answers(display):
        raise _no_display(f"no X server answers at DISPLAY={display}")
    _require_xcb_cursor()


def _answers(display: str) -> bool:
    local = _LOCAL_DISPLAY.match(display)
    if local is None:
        return True  # a remote display: only Qt can tell
    path = f"/tmp/.X11-unix/X{local[1]}"  # noqa: S108 - where X servers listen
    return _listens(path) or _listens(f"\0{path}")


def _listens(address: str) -> bool:
    if sys.platform == "win32":
        return False  # Windows has no such sockets, and no such display
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(address) == 0


def _require_xcb_cursor() -> None:
    try:
        ctypes.CDLL(_XCB_CURSOR)
    except OSError as problem:
        raise EnvironmentProblem(
            "the exam window",
            f"the system library {_XCB_CURSOR} is missing",
            "Install it (Debian and Ubuntu: apt install libxcb-cursor0).",
        ) from problem


def _no_display(why: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        "the exam window",
        why,
        "Start the program from a desktop session, or run 'proctor-desktop monitor', which needs "
        "no window.",
    )
