"""What every screen is to the window."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from proctor_desktop.kiosk.state import CandidateView
from proctor_desktop.ui.page import Page


class Screen(Page):
    """``asked`` carries an upward message, ``leave`` that the candidate wants to go.

    ``opened`` is called each time the window turns to this screen; a screen then puts the keyboard
    focus where it does no harm.
    """

    asked = Signal(object)
    leave = Signal()

    @abstractmethod  # mypy sees to it: Qt's metaclass leaves no room for ABCMeta
    def show_view(self, view: CandidateView) -> None:
        """Show ``view``; called for every change while this screen is the present one."""
        raise NotImplementedError

    def opened(self) -> None:
        """Put the focus where the candidate starts."""
        self.first_focus().setFocus()

    def first_focus(self) -> QWidget:
        """The widget that has the focus at first."""
        return self
