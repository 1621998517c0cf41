"""The camera picture beside what to do; the photo and the calibration are built on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from proctor_desktop.kiosk.screens.screen import Screen
from proctor_desktop.kiosk.state import CandidateView
from proctor_desktop.ui.announce import announce
from proctor_desktop.ui.columns import Columns
from proctor_desktop.ui.mirror import Mirror
from proctor_desktop.ui.text import button, label


class CameraScreen(Screen):
    """``said`` is the one instruction of the moment; it is read out whenever it changes."""

    def __init__(self) -> None:
        super().__init__("")
        self.mirror = Mirror(
            self.tr("Your camera picture, as in a mirror"), self.tr("Waiting for the camera")
        )
        self.lead = label()
        self.said = label(role="heading")
        self._without = label(role="small")
        picture = (self.mirror, label(self.tr("Shown as in a mirror. Only you see this."), "small"))
        left, _column = _stack(picture, self.step)
        right, self.side = _stack((self.said, self.lead), self.step * 2)
        self.columns = Columns(left, right)
        self.body.addWidget(self.columns)
        self.body.addWidget(self._without)
        self.body.addStretch()
        self.skip = button(self.tr("Go on &without"), "quiet")
        self.buttons.addWidget(self.skip)

    def explain_skipping(self, words: str) -> None:
        """Say what going on without this step means."""
        self._without.setText(words)
        self.skip.setAccessibleDescription(words)

    def show_view(self, view: CandidateView) -> None:
        """Show the newest picture."""
        self.mirror.show_picture(view.preview)

    def say(self, words: str) -> None:
        """Give the instruction of the moment."""
        if words != self.said.text():
            self.said.setText(words)
            announce(self, words)


def _stack(parts: Sequence[QWidget], gap_px: int) -> tuple[QWidget, QVBoxLayout]:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(gap_px)
    for part in parts:
        column.addWidget(part)
    return box, column
