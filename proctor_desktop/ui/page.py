"""The shape of every page: a title, a body that scrolls, and buttons below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from proctor_desktop.ui.flow import FlowLayout
from proctor_desktop.ui.text import label
from proctor_desktop.ui.theme import unit

READING_UNITS = 96
"""The widest a page's content gets: lines longer than this are hard to read."""


class Page(QWidget):
    """``body`` takes the content, ``buttons`` the actions, the most likely one last.

    ``row`` holds the body and takes what stands beside it; without ``wide`` the body gets no wider
    than can be read. At large text or in a small window the body scrolls; the buttons stay where
    they are.
    """

    def __init__(self, title: str, *, wide: bool = False) -> None:
        super().__init__()
        step = self.step = unit(self)
        self.title = label(title, "title")
        self.body = QVBoxLayout()
        self.body.setSpacing(step * 2)
        self.body.addWidget(self.title)
        self.buttons = FlowLayout(step + step // 2, right=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        outer, self.row = _centred(self.body, step, None if wide else READING_UNITS)
        self.area = _scrolling(outer)
        self.area.setAccessibleName(title)
        column.addWidget(self.area, stretch=1)
        self.footer = QFrame()
        self.footer.setProperty("role", "footer")
        below = QVBoxLayout(self.footer)
        below.setContentsMargins(step * 4, step + step // 2, step * 4, step + step // 2)
        below.addLayout(self.buttons)
        column.addWidget(self.footer)


def _centred(body: QVBoxLayout, step: int, units: int | None) -> tuple[QWidget, QHBoxLayout]:
    inner = QWidget()
    inner.setLayout(body)
    body.setContentsMargins(0, 0, 0, 0)
    outer = QWidget()
    outer.setProperty("role", "body")
    row = QHBoxLayout(outer)
    row.setContentsMargins(step * 4, step * 4, step * 4, step * 4)
    row.setSpacing(step * 3)
    if units is None:
        row.addWidget(inner, stretch=3)
        return outer, row
    inner.setMaximumWidth(step * units)
    row.addStretch(1)
    row.addWidget(inner, stretch=1000)
    row.addStretch(1)
    return outer, row


def _scrolling(content: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    area.setWidget(content)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.verticalScrollBar().rangeChanged.connect(
        lambda _low, high: area.setFocusPolicy(
            Qt.FocusPolicy.TabFocus if high > 0 else Qt.FocusPolicy.NoFocus
        )
    )
    return area
