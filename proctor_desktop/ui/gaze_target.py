"""A calm page over the whole screen with one dot to look at."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPointF, QRect, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from proctor_desktop.ui.announce import announce
from proctor_desktop.ui.text import button, label
from proctor_desktop.ui.theme import tokens_of, unit

ARRIVAL_MS = 450
"""A dot that has moved shrinks for so long; the gaze is not measured that early."""

_DOT_UNITS = 2.2
_ARRIVAL_SCALE = 2.5
_WORDS = (0.25, 0.08, 0.5, 0.3)
"""Left, top, width and height of the words, as shares of the page: above its middle, so that no
dot of a calibration comes to lie under them and no corner is far from them."""
_BAR_AT = 0.72
_STOP_AT = 0.84
_BAR_SHARE = 0.2


class GazeTarget(QWidget):
    """Shows a dot at a point of the screen, the instruction of the moment, and how far it is.

    It covers the screen of its owner and not only the window, because the screen's corners are what
    the eyes are measured on, and nothing below it can be pressed meanwhile. Everything but the dot
    stays in its place, so that only the dot draws the eyes. ``stopped`` tells that the candidate
    pressed Stop or Escape, or closed the page; whoever listens takes it away with ``uncover``.
    """

    stopped = Signal()

    def __init__(self, owner: QWidget, name: str, stop_text: str, progress_name: str) -> None:
        flags = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint
        super().__init__(owner, flags | Qt.WindowType.WindowStaysOnTopHint)
        self._owner = owner
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWindowTitle(name)
        self.setAccessibleName(name)
        self._at: tuple[float, float] | None = None
        self.said = label(role="heading")
        self.said.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
        self.said.setParent(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(progress_name)
        self.stop = button(stop_text, "quiet")
        self.stop.setParent(self)
        self.stop.clicked.connect(lambda _checked: self.stopped.emit())
        self._arrival = QVariantAnimation(self, startValue=_ARRIVAL_SCALE, endValue=1.0)
        self._arrival.setDuration(ARRIVAL_MS)
        self._arrival.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._arrival.valueChanged.connect(lambda _scale: self.update())

    @property
    def dot(self) -> QPointF | None:
        """Where the dot is on this page, in its own pixels; None without one."""
        if self._at is None:
            return None
        x, y = self._at
        return QPointF(x * self.width(), y * self.height())

    def show_step(self, words: str, progress: float, at: tuple[float, float] | None) -> None:
        """Show this step, covering the screen if it does not yet; ``at`` in shares of the screen.

        A dot that has moved arrives large and shrinks, so that it is found from the corner of the
        eye and then holds the gaze at its centre.
        """
        new_page = self.isHidden()
        if new_page:
            self._cover()
        self.bar.setValue(round(100 * progress))
        if at is not None and (new_page or at != self._at):
            self._arrival.stop()
            self._arrival.start()
        self._at = at
        if new_page or words != self.said.text():
            self.said.setText(words)
            self.setAccessibleDescription(f"{words}. {self.stop.accessibleName()}")
            announce(self, words)
        self.update()

    def uncover(self) -> None:
        """Give the screen back at once, and the keyboard to the owner if the page had it."""
        if self.isHidden():
            return
        had_keyboard = self.isActiveWindow()
        self._arrival.stop()
        self.hide()
        if had_keyboard:
            self._owner.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape is the way out."""
        if event.key() == Qt.Key.Key_Escape:
            self.stopped.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """To close the page is to stop; else the next step would bring it back."""
        event.ignore()
        self.stopped.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the words above the middle, the bar and the button below it."""
        super().resizeEvent(event)
        width, height = self.width(), self.height()
        left, top, wide, high = _WORDS
        self.said.setGeometry(
            round(left * width), round(top * height), round(wide * width), round(high * height)
        )
        bar_height = unit(self)
        bar_width = round(_BAR_SHARE * width)
        across = (width - bar_width) // 2
        self.bar.setGeometry(QRect(across, round(_BAR_AT * height), bar_width, bar_height))
        self.stop.adjustSize()
        self.stop.move((width - self.stop.width()) // 2, round(_STOP_AT * height))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the page and the dot: a disc with a small centre, which the eyes settle on."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(tokens.window))
        dot = self.dot
        if dot is not None:
            radius = self._radius(dot)
            painter.setPen(Qt.PenStyle.NoPen)
            for share, colour in ((1.0, tokens.accent), (0.3, tokens.on_accent)):
                painter.setBrush(QColor(colour))
                painter.drawEllipse(dot, radius * share, radius * share)
        painter.end()

    def _radius(self, dot: QPointF) -> float:
        """The radius now; cut off at the edge, an arriving dot would not be round its centre."""
        radius = unit(self) * _DOT_UNITS / 2
        if self._arrival.state() is not QVariantAnimation.State.Running:
            return radius
        room = min(dot.x(), dot.y(), self.width() - dot.x(), self.height() - dot.y())
        return max(radius, min(radius * float(self._arrival.currentValue()), room))

    def _cover(self) -> None:
        screen = self._owner.screen()
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.activateWindow()
        # Not on Stop: a key still held down from the press that began it must not end it.
        self.setFocus()
