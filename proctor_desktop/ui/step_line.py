"""Where in the whole one stands: the steps in a row, the present one marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from proctor_desktop.ui.text import label, set_role
from proctor_desktop.ui.theme import unit


class StepLine(QWidget):
    """Names every step where there is room, else only the present one with its number."""

    def __init__(self, steps: Sequence[str], summary: str) -> None:
        """``summary`` is a pattern such as "Step {number} of {count}: {name}"."""
        super().__init__()
        self._steps = tuple(steps)
        self._summary = summary
        self._now = 0
        gap = unit(self)
        self._names = [label(role="step", wrap=False) for _ in self._steps]
        self._brief = label(role="step-now", wrap=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap * 2)
        for name in self._names:
            row.addWidget(name)
        row.addWidget(self._brief)
        row.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_step(0)

    def show_step(self, number: int) -> None:
        """Mark step ``number``, counted from 0."""
        self._now = number
        text = self._summary.format(
            number=number + 1, count=len(self._steps), name=self._steps[number]
        )
        self._brief.setText(text)
        self.setAccessibleName(text)
        for place, name in enumerate(self._names):
            self._mark(name, place)
        self._arrange()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the present step alone."""
        return self._brief.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Change between the long and the brief form."""
        super().resizeEvent(event)
        self._arrange()

    def _mark(self, name: QLabel, place: int) -> None:
        sign = "\u2713 " if place < self._now else ""
        name.setText(f"{sign}{place + 1}. {self._steps[place]}")
        set_role(name, "step-now" if place == self._now else "step")

    def _arrange(self) -> None:
        gaps = unit(self) * 2 * (len(self._names) - 1)
        needed = sum(name.sizeHint().width() for name in self._names) + gaps
        brief = needed > self.width()
        self._brief.setVisible(brief)
        for name in self._names:
            name.setVisible(not brief)
