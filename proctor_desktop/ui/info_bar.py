"""A note above the page that stays until it has been read."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from proctor_desktop.ui.announce import announce
from proctor_desktop.ui.icon import Icon
from proctor_desktop.ui.text import button, label
from proctor_desktop.ui.theme import unit


class InfoBar(QWidget):
    """Hidden while it has nothing to say; ``read`` comes when the person puts it away."""

    read = Signal()

    def __init__(self, close_text: str) -> None:
        super().__init__()
        step = unit(self)
        self._text = label()
        self.close_button = button(close_text, "quiet")
        self.close_button.clicked.connect(self.read)
        note = QFrame()
        note.setProperty("role", "note")
        around = QVBoxLayout(self)
        around.setContentsMargins(step * 4, step + step // 2, step * 4, 0)
        around.addWidget(note)
        row = QHBoxLayout(note)
        row.setContentsMargins(step * 2, step // 2, step, step // 2)
        row.setSpacing(step)
        row.addWidget(Icon("attention", "attention"), alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._text, stretch=1)
        row.addWidget(self.close_button)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def show_text(self, text: str) -> None:
        """Say ``text``; an empty text hides the bar."""
        if text == self.text:
            return
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        announce(self, text)
