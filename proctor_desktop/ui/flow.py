"""A layout that fills a line and goes on in the next, as words do."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Lays its items out in rows; a row that is full is followed by another.

    With ``right`` the rows end at the right edge, as a row of buttons does.
    """

    def __init__(self, gap_px: int, *, right: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap_px
        self._right = right
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's names from here on
        """Append ``item``."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """The item at ``index``, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """Remove and return the item at ``index``, or None."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        """It takes no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Narrower means taller."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """The height of all rows at ``width`` pixels."""
        rows = self._rows(width)
        heights = [max(item.sizeHint().height() for item in row) for row in rows]
        return sum(heights) + self._gap * max(len(rows) - 1, 0)

    def sizeHint(self) -> QSize:  # noqa: N802
        """All items in one row."""
        sizes = [item.sizeHint() for item in self._shown()]
        width = sum(size.width() for size in sizes) + self._gap * max(len(sizes) - 1, 0)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:  # noqa: N802
        """The widest item alone."""
        size = QSize(0, 0)
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        """Place the items."""
        super().setGeometry(rect)
        top = rect.top()
        for row in self._rows(rect.width()):
            height = max(item.sizeHint().height() for item in row)
            self._place(row, QRect(rect.left(), top, rect.width(), height))
            top += height + self._gap

    def _place(self, row: list[QLayoutItem], line: QRect) -> None:
        width = sum(item.sizeHint().width() for item in row) + self._gap * (len(row) - 1)
        left = line.right() + 1 - width if self._right else line.left()
        for item in row:
            size = item.sizeHint()
            down = (line.height() - size.height()) // 2
            item.setGeometry(QRect(QPoint(max(left, line.left()), line.top() + down), size))
            left += size.width() + self._gap

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        rows: list[list[QLayoutItem]] = []
        used = 0
        for item in self._shown():
            needs = item.sizeHint().width()
            if not rows or used + self._gap + needs > width:
                rows.append([item])
                used = needs
            else:
                rows[-1].append(item)
                used += self._gap + needs
        return rows

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]
