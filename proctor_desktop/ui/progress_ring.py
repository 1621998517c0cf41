"""A ring that fills, with the share in words inside it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from proctor_desktop.ui.theme import tokens_of, unit

_SIDE_UNITS = 12
_FULL_TURN = 360 * 16  # Qt counts sixteenths of a degree
_TOP = 90 * 16


class ProgressRing(QWidget):
    """Shows a share from 0 to 1."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._share = 0.0
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_share(0.0)

    @property
    def share(self) -> float:
        """What it shows."""
        return self._share

    def show_share(self, share: float) -> None:
        """Fill the ring up to ``share`` (kept between 0 and 1)."""
        self._share = min(max(share, 0.0), 1.0)
        self.setAccessibleName(f"{self._name}: {self._percent()}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A square of some lines of text."""
        side = unit(self) * _SIDE_UNITS
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw track, arc and figure."""
        tokens = tokens_of(self)
        width = unit(self)
        inset = width / 2 + 1
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(_pen(tokens.border, width))
        painter.drawEllipse(box)
        painter.setPen(_pen(tokens.accent, width))
        if self._share > 0:
            painter.drawArc(box, _TOP, -round(_FULL_TURN * self._share))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self._percent())
        painter.end()

    def _percent(self) -> str:
        return f"{round(self._share * 100)} %"


def _pen(colour: str, width: int) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen
