"""The list in which every message stays after its toast has gone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QListWidget, QVBoxLayout, QWidget

from proctor_desktop.ui.text import label
from proctor_desktop.ui.theme import unit


class MessageList(QWidget):
    """A heading and one line a message, newest first; ``nothing`` is said while it is empty."""

    def __init__(self, heading: str, nothing: str) -> None:
        super().__init__()
        self._lines: tuple[str, ...] = ()
        self._nothing = label(nothing, "muted")
        self.list = QListWidget()
        self.list.setAccessibleName(heading)
        self.list.setWordWrap(True)
        self.list.setSpacing(unit(self) // 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(unit(self))
        column.addWidget(label(heading, "heading"))
        column.addWidget(self._nothing)
        column.addWidget(self.list, stretch=1)
        column.addStretch()
        self._arrange()

    @property
    def lines(self) -> tuple[str, ...]:
        """What it shows, newest first."""
        return self._lines

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show ``lines``, newest first."""
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        self.list.clear()
        self.list.addItems(self._lines)
        self._arrange()

    def _arrange(self) -> None:
        self._nothing.setVisible(not self._lines)
        self.list.setVisible(bool(self._lines))
