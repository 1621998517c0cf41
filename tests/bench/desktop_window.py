"""A full-screen exam page under X11 that shows one view after the other, as told on stdin.

python -m tests.bench.desktop_window        one JSON object a line in, its number out when drawn
"""

from __future__ import annotations

import json
import random
import sys
from threading import Thread
from typing import Any

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QFont, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

BITS, BIT_PX = 12, 16
"""The view's number stands at the top left, one black or white square a bit."""

_TEXT = (
    "what is asked here should be answered at some length with reasons for each step taken and "
    "the units of every quantity in the result because a number alone says little about how it "
    "was found compare both methods and tell when the second of them fails to converge"
)
_WORDS = _TEXT.split()
_MARGIN_PX, _BAR_PX, _LINE_PX = 260, 64, 26
_ANSWER_PX = 300


class Page(QWidget):
    """Draws what it was told; the same numbers always give the same picture."""

    drawn = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._view: dict[str, Any] = {"number": 0, "page": 0, "scroll_px": 0, "typed": 0}
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_view(self, line: str) -> None:
        self._view = json.loads(line)
        QCursor.setPos(*self._view["pointer"])
        self.repaint()
        self.drawn.emit(self._view["number"])

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#f4f5f7"))
        self._content(painter)
        self._answer(painter)
        self._bar(painter)
        self._number(painter)
        painter.end()

    def _content(self, painter: QPainter) -> None:
        words = random.Random(self._view["page"])
        sheet = QRect(_MARGIN_PX - 40, 0, self.width() - 2 * _MARGIN_PX + 80, self.height())
        painter.fillRect(sheet, QColor("white"))
        y = _BAR_PX + 40 - self._view["scroll_px"]
        for question in range(12):
            painter.setPen(QColor("#1b2a41"))
            painter.setFont(QFont("DejaVu Sans", 17, QFont.Weight.Bold))
            painter.drawText(_MARGIN_PX, y, f"Question {question + 1}: {sentence(words, 6)}")
            y += 40
            painter.setPen(QColor("#24292f"))
            painter.setFont(QFont("DejaVu Serif", 12))
            for _ in range(5):
                painter.drawText(_MARGIN_PX, y, sentence(words, 17))
                y += _LINE_PX
            y = self._figure(painter, words, y) if question % 3 == 1 else self._choices(painter, y)

    def _figure(self, painter: QPainter, words: random.Random, y: int) -> int:
        box = QRect(_MARGIN_PX, y, 620, 220)
        shade = QLinearGradient(box.topLeft(), box.bottomRight())
        shade.setColorAt(0, QColor.fromHsv(words.randrange(360), 70, 250))
        shade.setColorAt(1, QColor.fromHsv(words.randrange(360), 120, 190))
        painter.fillRect(box, shade)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = 110
        for x in range(0, 620, 20):
            nextone = min(200, max(20, height + words.randrange(-40, 41)))
            painter.drawLine(box.left() + x, y + height, box.left() + x + 20, y + nextone)
            height = nextone
        return y + 260

    def _choices(self, painter: QPainter, y: int) -> int:
        for number, choice in enumerate(("always", "never", "only if it converges", "cannot say")):
            painter.drawEllipse(_MARGIN_PX + 8, y - 12 + number * 30, 14, 14)
            painter.drawText(_MARGIN_PX + 36, y + number * 30, choice)
        return y + 150

    def _answer(self, painter: QPainter) -> None:
        box = QRect(_MARGIN_PX, self.height() - _ANSWER_PX, self.width() - 2 * _MARGIN_PX, 260)
        painter.fillRect(box, QColor("#fffdf5"))
        painter.setPen(QColor("#57606a"))
        painter.drawRect(box)
        painter.setFont(QFont("DejaVu Sans Mono", 12))
        painter.setPen(QColor("black"))
        answer = sentence(random.Random(7), 400)[: self._view["typed"]]
        for line in range(0, len(answer) + 1, 100):
            y = box.top() + 28 + line // 100 * 22
            painter.drawText(box.left() + 14, y, answer[line : line + 100])

    def _bar(self, painter: QPainter) -> None:
        painter.fillRect(QRect(0, 0, self.width(), _BAR_PX), QColor("#1f6feb"))
        painter.setPen(QColor("white"))
        painter.setFont(QFont("DejaVu Sans", 14))
        painter.drawText(_MARGIN_PX, 40, f"Numerical methods - page {self._view['page'] + 1}")

    def _number(self, painter: QPainter) -> None:
        for bit in range(BITS):
            on = self._view["number"] >> bit & 1
            square = QRect(bit * BIT_PX, 0, BIT_PX, BIT_PX)
            painter.fillRect(square, QColor("white" if on else "black"))


class _Lines(QObject):
    came = Signal(str)
    over = Signal()

    def read(self) -> None:
        for line in sys.stdin:
            self.came.emit(line)
        self.over.emit()


def sentence(words: random.Random, length: int) -> str:
    """As many words, drawn."""
    return " ".join(words.choice(_WORDS) for _ in range(length))


def show(desktop: type[Page]) -> None:
    """Show it until stdin ends."""
    app = QApplication(sys.argv)
    page, lines = desktop(), _Lines()
    page.drawn.connect(lambda number: print(number, flush=True))
    lines.came.connect(page.show_view)
    lines.over.connect(app.quit)
    page.showFullScreen()
    app.processEvents()
    Thread(target=lines.read, daemon=True).start()
    app.exec()


if __name__ == "__main__":
    show(Page)
