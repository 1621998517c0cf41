"""What stops the session: what it is, why, and what to do; never a bare traceback."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from proctor_desktop.kiosk.screens.screen import Screen
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.ui.text import button, label, selectable
from proctor_desktop.wire import stdio


def report(trouble: stdio.Trouble, last_words: Sequence[str]) -> str:
    """The text for the help desk, with the last technical lines at its end."""
    lines = [f"What: {trouble.what}", f"Why: {trouble.why}", f"Remedy: {trouble.remedy}"]
    if last_words:
        lines += ["", "Last lines of the recorder:", *last_words]
    return "\n".join(lines)


class TroubleScreen(Screen):
    """``retry`` comes when the candidate wants to try again."""

    retry = Signal()

    def __init__(self, last_words: Callable[[], Sequence[str]]) -> None:
        super().__init__("")
        self._last_words = last_words
        self._trouble: stdio.Trouble | None = None
        self.title.setText(self.tr("Something needs to be put right"))
        self.what, self.why, self.remedy = selectable(), selectable(), selectable()
        self.body.addWidget(self._card())
        self.body.addWidget(label(self.tr("What was recorded so far is kept."), "muted"))
        self.body.addStretch()
        self.copy = button(self.tr("Copy for the &help desk"), "quiet")
        self.copy.clicked.connect(self._copy)
        self.close_button = button(self.tr("&Close"))
        self.close_button.clicked.connect(self.leave)
        self.again = button(self.tr("&Try again"), "primary")
        self.again.clicked.connect(self.retry)
        for one in (self.copy, self.close_button, self.again):
            self.buttons.addWidget(one)

    def show_view(self, view: CandidateView) -> None:
        """Show the trouble."""
        self.again.setEnabled(view.link is Link.STOPPED)
        if view.fatal is None or view.fatal == self._trouble:
            return
        self._trouble = view.fatal
        self.what.setText(view.fatal.what)
        self.why.setText(view.fatal.why)
        self.remedy.setText(view.fatal.remedy)
        self.copy.setText(self.tr("Copy for the &help desk"))

    def first_focus(self) -> QWidget:
        """What to do first is to read and close; trying again is one step away."""
        return self.again if self.again.isEnabled() else self.close_button

    def _copy(self) -> None:
        if self._trouble is not None:
            QGuiApplication.clipboard().setText(report(self._trouble, self._last_words()))
            self.copy.setText(self.tr("Copied"))

    def _card(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(self.step * 3, self.step * 3, self.step * 3, self.step * 3)
        column.setSpacing(self.step)
        parts = (
            (self.tr("What"), self.what),
            (self.tr("Why"), self.why),
            (self.tr("What you can do"), self.remedy),
        )
        for name, words in parts:
            words.setAccessibleName(name)
            column.addWidget(label(name, "small"))
            column.addWidget(words)
            column.addSpacing(self.step)
        return card
