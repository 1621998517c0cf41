"""Two parts side by side, or one above the other where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from proctor_desktop.ui.theme import unit

_NARROW_UNITS = 40


class Columns(QWidget):
    """``left`` and ``right`` share the width evenly; narrower than that they are stacked."""

    def __init__(self, left: QWidget, right: QWidget) -> None:
        super().__init__()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(unit(self) * 4)
        for part in (left, right):
            self._row.addWidget(part, stretch=1, alignment=Qt.AlignmentFlag.AlignTop)

    @property
    def stacked(self) -> bool:
        """Whether the parts are one above the other."""
        return self._row.direction() is QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the direction for the new width."""
        super().resizeEvent(event)
        narrow = self.width() < unit(self) * _NARROW_UNITS
        wanted = QBoxLayout.Direction
        self._row.setDirection(wanted.TopToBottom if narrow else wanted.LeftToRight)
