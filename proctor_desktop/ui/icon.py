"""Icons: our own line drawings, tinted in the colours of the moment."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from proctor_desktop.config.paths import resource
from proctor_desktop.ui.theme import tokens_of, unit
from proctor_desktop.ui.tokens import Tokens


@cache
def _drawing(name: str) -> str:
    return resource("assets", "icons", f"{name}.svg").read_text(encoding="utf-8")


def paint_icon(painter: QPainter, name: str, colour: str, into: QRectF) -> None:
    """Draw the icon ``name`` (a file of ``assets/icons``) in ``colour`` (``#rrggbb``)."""
    svg = _drawing(name).replace("currentColor", colour)
    QSvgRenderer(QByteArray(svg.encode("utf-8"))).render(painter, into)


def window_icon(tokens: Tokens) -> QPixmap:
    """The program's mark for task bars, 64 pixels square."""
    pixmap = QPixmap(64, 64)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_icon(painter, "mark", tokens.accent, QRectF(0, 0, 64, 64))
    painter.end()
    return pixmap


class Icon(QWidget):
    """An icon as tall as ``lines`` lines of text; it only decorates, so it has no name.

    ``tone`` names the field of :class:`Tokens` that it is drawn in.
    """

    def __init__(self, name: str, tone: str = "muted", lines: float = 1.1) -> None:
        super().__init__()
        self._name = name
        self._tone = tone
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, tone: str) -> None:
        """Change drawing and colour."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A square."""
        side = round(unit(self) * 2 * self._lines)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        painter = QPainter(self)
        colour: str = getattr(tokens_of(self), self._tone)
        paint_icon(painter, self._name, colour, QRectF(self.rect()))
        painter.end()
