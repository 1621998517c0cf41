"""Changes of an X11 screen as the server itself tells them (the DAMAGE extension)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from Xlib import X, Xatom, error
from Xlib.ext import damage

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.x11_connection import told_when_lost
from proctor_desktop.hosts.x11_focus import connect


class X11Damage:
    """Asks the server to tell the first drawing after each look, whatever the window.

    The pointer is no drawing and is asked for. Raises EnvironmentProblem where the server does not
    tell, which some virtual ones do not.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._first = True
        self._display: Any = connect(name)
        try:
            with told_when_lost("screen changes", self._name):
                self._watch()
        except BaseException:
            self.close()
            raise

    def drawn(self) -> bool:
        """Whether anything was drawn since the last call; the first one says yes."""
        with told_when_lost("screen changes", self._name):
            drawn = self._first
            self._first = False
            while self._display.pending_events():
                drawn |= self._display.next_event().type == self._notify
            if drawn:
                # Before the picture is taken, so that what is drawn meanwhile is told again.
                damage.damage_subtract(self._root, self._damage)
                self._display.sync()
        return bool(drawn)

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is, in pixels."""
        with told_when_lost("screen changes", self._name):
            found = self._root.query_pointer()
        return found.root_x, found.root_y

    def title(self) -> str:
        """The active window's title; "" when none is active, it has none or vanished just now."""
        with told_when_lost("screen changes", self._name):
            try:
                active = self._root.get_full_property(self._active, X.AnyPropertyType)
                if active is None or not active.value[0]:
                    return ""
                return self._title_of(active.value[0])
            except error.BadWindow:
                return ""

    def close(self) -> None:
        """Close the connection; a second time does nothing."""
        with suppress(error.ConnectionClosedError, OSError):  # the server may have closed it first
            self._display.close()

    def _title_of(self, window_id: int) -> str:
        """The title as desktops have it, or as X has always had it, which is Latin-1 by itself."""
        window = self._display.create_resource_object("window", window_id)
        for name in (self._name_atom, Xatom.WM_NAME):
            found = window.get_full_property(name, X.AnyPropertyType)
            if found is not None and found.value:
                encoding = "latin-1" if found.property_type == Xatom.STRING else "utf-8"
                return str(found.value.decode(encoding, errors="replace"))
        return ""

    def _watch(self) -> None:
        if not self._display.has_extension(damage.extname):
            raise EnvironmentProblem(
                "screen changes",
                f"X display {self._name} does not tell them (it has no DAMAGE extension)",
                "Nothing need be done: the pictures themselves are compared instead.",
            )
        self._display.damage_query_version()
        self._root = self._display.screen().root
        self._active = self._display.intern_atom("_NET_ACTIVE_WINDOW")
        self._name_atom = self._display.intern_atom("_NET_WM_NAME")
        self._damage = self._root.damage_create(damage.DamageReportNonEmpty)
        self._notify = self._display.extension_event.DamageNotify
        self._display.sync()
