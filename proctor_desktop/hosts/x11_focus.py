"""The active window under X11, told by the window manager's own announcement.

The window manager keeps ``_NET_ACTIVE_WINDOW`` on the root window; the server tells us when it
changes, so nothing is polled. Which process a window belongs to comes from the X server itself
(X-Resource), because a program can claim any ``_NET_WM_PID`` it likes, or none.
"""

from __future__ import annotations

import os
import select
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from Xlib import X, display, error
from Xlib.ext import res
from Xlib.xobject.drawable import Window

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.focus import ActiveWindow
from proctor_desktop.hosts.x11_connection import told_when_lost

_SELF_CHECK_S = 2.0
_PROC = Path("/proc")


def connect(name: str) -> display.Display:
    """A connection to the X server ``name``; raises EnvironmentProblem."""
    with warnings.catch_warnings():
        # python-xlib leaves the sockets of a refused connection to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            return display.Display(name)
        except (error.DisplayError, error.XauthError, OSError) as problem:
            reason = str(problem)
    raise EnvironmentProblem(
        f"X display {name}",
        f"it cannot be reached ({reason})",
        "Start the program inside a desktop session, or set DISPLAY to a running X server.",
    )


class X11FocusProbe:
    """Tells the active window of one X server; raises EnvironmentProblem when that ends."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._display = connect(name)
        self._wake_read, self._wake_write = os.pipe()
        try:
            with told_when_lost("window focus", self._name):
                self._watch_root()
        except BaseException:
            self.close()
            raise

    def active(self) -> ActiveWindow | None:
        """The active window's program; None when no window is active, or it vanished just now."""
        with told_when_lost("window focus", self._name):
            window_id = _number(self._root, self._active_atom)
            if not window_id:
                return None
            window = self._display.create_resource_object("window", window_id)
            try:
                return self._describe(window)
            except error.BadWindow:
                return None

    def wait(self, timeout_s: float) -> None:
        """Sleep until a property of the root window changes, ``wake``, or the time is over.

        Every two seconds it is checked that a window manager is still there: without one the
        active window never changes, and that silence must not be taken for a still desktop.
        """
        deadline = time.monotonic() + timeout_s
        with told_when_lost("window focus", self._name):
            while (left := deadline - time.monotonic()) > 0:
                if self._changed() or self._sleep(min(left, _SELF_CHECK_S)):
                    return
                self._check_window_manager()

    def wake(self) -> None:
        """Make ``wait`` return; may be called from any thread, but not after ``close``."""
        os.write(self._wake_write, b"w")

    def close(self) -> None:
        """Close the connection; a second time does nothing."""
        with suppress(error.ConnectionClosedError, OSError):  # the server may have closed it first
            self._display.close()
        for end in (self._wake_read, self._wake_write):
            if end >= 0:
                os.close(end)
        self._wake_read = self._wake_write = -1

    def _watch_root(self) -> None:
        atom = self._display.intern_atom
        self._active_atom = atom("_NET_ACTIVE_WINDOW")
        self._pid_atom = atom("_NET_WM_PID")
        self._root = self._display.screen().root
        self._root.change_attributes(event_mask=X.PropertyChangeMask)
        self._knows_owners = bool(self._display.has_extension(res.extname))
        if self._knows_owners:
            res.query_version(self._display)
        self._check_window_manager()

    def _check_window_manager(self) -> None:
        if not has_window_manager(self._display):
            raise EnvironmentProblem(
                "window focus",
                f"no window manager runs on display {self._name}",
                "Start a window manager (a desktop session has one; openbox will do).",
            )

    def _changed(self) -> bool:
        changed = False
        while self._display.pending_events():
            event = self._display.next_event()
            changed |= event.type == X.PropertyNotify and event.atom == self._active_atom
        return changed

    def _sleep(self, timeout_s: float) -> bool:
        """True when woken from outside."""
        ready, _, _ = select.select([self._display.fileno(), self._wake_read], [], [], timeout_s)
        if self._wake_read not in ready:
            return False
        os.read(self._wake_read, 64)
        return True

    def _describe(self, window: Window) -> ActiveWindow:
        pid = self._owner(window) or _number(window, self._pid_atom) or None
        names = (program_name(pid) if pid else "", (window.get_wm_class() or ("", ""))[1])
        return ActiveWindow(next((name for name in names if name), "an unnamed program"), pid)

    def _owner(self, window: Window) -> int | None:
        if not self._knows_owners:
            return None
        asked = [(window.id, res.LocalClientPIDMask)]
        answer: Any = res.query_client_ids(self._display, asked)
        return next((int(found.value[0]) for found in answer.ids if found.value), None)


def has_window_manager(connection: display.Display) -> bool:
    """Whether a window manager is alive: its check window exists and names itself."""
    atom = connection.intern_atom("_NET_SUPPORTING_WM_CHECK")
    window_id = _number(connection.screen().root, atom)
    if not window_id:
        return False
    try:
        return _number(connection.create_resource_object("window", window_id), atom) == window_id
    except error.BadWindow:
        return False


def program_name(pid: int, proc: Path = _PROC) -> str:
    """The name of a process's program file, or what the kernel calls it; "" when it is gone."""
    try:
        return Path(os.readlink(proc / str(pid) / "exe").removesuffix(" (deleted)")).name
    except OSError:
        pass  # another user's process: its name may still be read
    try:
        return (proc / str(pid) / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _number(window: Window, atom: int) -> int:
    """The first number in a property; 0 when the window has no such property."""
    found = window.get_full_property(atom, X.AnyPropertyType)
    return int(found.value[0]) if found is not None and len(found.value) else 0
