"""A dark editor, a photograph that is computed and a small window, one view after the other.

python -m tests.bench.editor_window        as tests.bench.desktop_window
"""

from __future__ import annotations

import random

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent

from tests.bench.desktop_window import Page, sentence, show

_TREE_PX, _LINE_PX, _CODE_PX = 260, 22, 1180
_COLOURS = ("#d4d4d4", "#569cd6", "#ce9178", "#6a9955", "#dcdcaa", "#c586c0")
_WORDS = ("def", "return", "value", "self", "index", "=", "(count)", "for", "in", "rows:", "+", "#")
_PHOTO_PX = (440, 620)


class Editor(Page):
    """The same numbers always give the same picture here too."""

    def __init__(self) -> None:
        super().__init__()
        self._photos: dict[int, QImage] = {}

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#1e1e1e"))
        self._code(painter)
        self._tree(painter)
        painter.drawImage(_CODE_PX + 150, 120, self._photo(self._view["page"] % 2))
        self._window(painter)
        painter.fillRect(QRect(0, self.height() - 24, self.width(), 24), QColor("#007acc"))
        self._number(painter)
        painter.end()

    def _tree(self, painter: QPainter) -> None:
        painter.fillRect(QRect(0, 0, _TREE_PX, self.height()), QColor("#252526"))
        painter.setPen(QColor("#cccccc"))
        painter.setFont(QFont("DejaVu Sans", 10))
        names = random.Random(3)
        for line in range(40):
            chosen = line == 4 + self._view["page"]
            if chosen:
                painter.fillRect(QRect(0, 43 + line * 22, _TREE_PX, 22), QColor("#37373d"))
            painter.drawText(20 + line % 3 * 14, 58 + line * 22, f"{sentence(names, 1)}.py")

    def _code(self, painter: QPainter) -> None:
        words = random.Random(self._view["page"] + 100)
        painter.setFont(QFont("DejaVu Sans Mono", 11))
        for line in range(140):
            y = 60 + line * _LINE_PX - self._view["scroll_px"]
            x = _TREE_PX + 60 + 36 * words.randrange(4)
            painter.setPen(QColor("#858585"))
            painter.drawText(_TREE_PX + 12, y, str(line + 1))
            for _ in range(words.randrange(9)):
                word = words.choice(_WORDS)
                painter.setPen(QColor(_COLOURS[_WORDS.index(word) % len(_COLOURS)]))
                painter.drawText(x, y, word)
                x += 9 * len(word) + 9
        self._typed(painter)

    def _typed(self, painter: QPainter) -> None:
        """The console below, in which something is written."""
        top = self.height() - 274
        painter.fillRect(QRect(_TREE_PX, top, self.width(), 250), QColor("#181818"))
        painter.setPen(QColor("#4ec9b0"))
        typed = sentence(random.Random(11), 400)[: self._view["typed"]]
        for line in range(0, len(typed) + 1, 90):
            painter.drawText(_TREE_PX + 20, top + 30 + line // 90 * 22, typed[line : line + 90])

    def _window(self, painter: QPainter) -> None:
        x, y = self._view["window"]
        painter.fillRect(QRect(x + 6, y + 6, 420, 260), QColor(0, 0, 0, 90))
        painter.fillRect(QRect(x, y, 420, 260), QColor("#f3f3f3"))
        painter.fillRect(QRect(x, y, 420, 30), QColor("#3c3c3c"))
        painter.setFont(QFont("DejaVu Sans", 11))
        painter.setPen(QColor("#ffffff"))
        painter.drawText(x + 14, y + 20, "Calculator")
        painter.setPen(QColor("#202020"))
        for key in range(16):
            box = QRect(x + 20 + key % 4 * 98, y + 90 + key // 4 * 40, 88, 32)
            painter.drawRect(box)
            painter.drawText(box.left() + 38, box.top() + 21, "789/456*123-0.=+"[key])

    def _photo(self, number: int) -> QImage:
        if number not in self._photos:
            self._photos[number] = _photograph(number)
        return self._photos[number]


def _photograph(seed: int) -> QImage:
    """Soft light, edges and grain, as a camera would give them."""
    noise = np.random.default_rng(seed)
    height, width = _PHOTO_PX
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    colours = []
    for _ in range(3):
        light = 120 + 50 * np.cos(x / noise.uniform(60, 200)) * np.sin(y / noise.uniform(60, 200))
        hill = y > height * 0.6 + 30 * np.sin(x / noise.uniform(30, 50))
        colours.append(light - 45 * hill + noise.normal(0, 3, light.shape))
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[:, :, :3] = np.clip(np.stack(colours, -1), 0, 255)
    return QImage(pixels.tobytes(), width, height, QImage.Format.Format_RGB32).copy()


if __name__ == "__main__":
    show(Editor)
