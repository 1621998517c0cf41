"""Short observations that come, stay for some seconds and go, without taking the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from proctor_desktop.ui.announce import announce
from proctor_desktop.ui.icon import Icon
from proctor_desktop.ui.text import label
from proctor_desktop.ui.theme import unit

SHOWN_MS = 6_000
MOST_AT_ONCE = 3
_WIDTH_UNITS = 44


class ToastCard(QFrame):
    """One observation."""

    def __init__(self, text: str) -> None:
        super().__init__()
        step = unit(self)
        self.setProperty("role", "toast")
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(step * 2, step + step // 2, step * 2, step + step // 2)
        row.setSpacing(step)
        row.addWidget(Icon("info", "accent"), alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(label(text), stretch=1)


class Toasts(QWidget):
    """Lies over ``host`` at its right edge, above ``above``, which is a part of ``host``.

    The newest is below, the oldest goes first.
    """

    def __init__(self, host: QWidget, above: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._above = above
        self._cards: list[ToastCard] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(unit(self))
        for one in (host, above):
            one.installEventFilter(self)
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        """What is shown now, oldest first."""
        return tuple(card.accessibleName() for card in self._cards)

    def show_text(self, text: str) -> None:
        """Show ``text`` for :data:`SHOWN_MS` and have it read out."""
        while len(self._cards) >= MOST_AT_ONCE:
            self._drop(self._cards[0])
        card = ToastCard(text)
        self._cards.append(card)
        self._column.addWidget(card)
        card.show()
        QTimer.singleShot(SHOWN_MS, card, lambda: self._drop(card))
        self.show()
        self.raise_()
        self._settle()
        announce(self, text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay at the edge when the host or what is below changes size."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move}:
            self._settle()
        return super().eventFilter(watched, event)

    def _drop(self, card: ToastCard) -> None:
        if card not in self._cards:
            return
        self._cards.remove(card)
        self._column.removeWidget(card)
        card.hide()
        card.deleteLater()
        self.setVisible(bool(self._cards))
        self._settle()

    def _settle(self) -> None:
        margin = unit(self) * 2
        width = min(unit(self) * _WIDTH_UNITS, self._host.width() - 2 * margin)
        height = self._column.heightForWidth(width)
        left = self._host.width() - width - margin
        self.setGeometry(left, self._above.y() - height - margin, width, height)
