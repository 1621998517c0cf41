"""A calm page over the whole screen with one dot to look at."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from proctor_desktop.ui.announce import announce
from proctor_desktop.ui.progress_ring import ProgressRing
from proctor_desktop.ui.text import button, label
from proctor_desktop.ui.theme import tokens_of, unit

_DOT_UNITS = 2.2
_MIDDLE = (0.5, 0.5)


class GazeTarget(QWidget):
    """Shows a dot at a point of the screen, the instruction of the moment, and how far it is.

    It covers the screen and not only the window, because the screen's corners are what the eyes are
    measured on. ``stopped`` tells that the candidate pressed Stop or Escape.
    """

    stopped = Signal()

    def __init__(self, owner: QWidget, name: str, stop_text: str, progress_name: str) -> None:
        flags = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint
        super().__init__(owner, flags | Qt.WindowType.WindowStaysOnTopHint)
        self.setWindowTitle(name)
        self.setAccessibleName(name)
        self._at: tuple[float, float] | None = None
        self.ring = ProgressRing(progress_name)
        self.said = label(role="heading")
        self.said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.stop = button(stop_text, "quiet")
        self.stop.clicked.connect(lambda _checked: self.stopped.emit())
        column = QVBoxLayout(self)
        column.setSpacing(unit(self) * 3)
        column.addStretch(3)
        column.addWidget(self.said)
        column.addWidget(self.ring, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        column.addWidget(self.stop, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    @property
    def dot(self) -> QPointF | None:
        """Where the dot is on this page, in its own pixels; None without one."""
        if self._at is None:
            return None
        x, y = self._at
        return QPointF(x * self.width(), y * self.height())

    def show_step(self, words: str, progress: float, at: tuple[float, float] | None) -> None:
        """Show this step, covering the screen if it does not yet."""
        if words != self.said.text():
            self.said.setText(words)
            announce(self, words)
        self.ring.show_share(progress)
        self._at = at
        near_middle = at is not None and abs(at[0] - _MIDDLE[0]) < 0.2  # noqa: PLR2004
        self.ring.setVisible(not near_middle)  # a ring behind the dot would draw the eyes
        self.said.setVisible(not near_middle)
        if self.isHidden():
            self.showFullScreen()
            self.stop.setFocus()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape is the way out."""
        if event.key() == Qt.Key.Key_Escape:
            self.stopped.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the page and the dot: a disc with a small centre, which the eyes settle on."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(tokens.window))
        dot = self.dot
        if dot is not None:
            radius = unit(self) * _DOT_UNITS / 2
            painter.setPen(Qt.PenStyle.NoPen)
            for share, colour in ((1.0, tokens.accent), (0.3, tokens.on_accent)):
                painter.setBrush(QColor(colour))
                painter.drawEllipse(dot, radius * share, radius * share)
        painter.end()
