"""The candidate did not agree: a plain way out."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from proctor_desktop.kiosk.screens.screen import Screen
from proctor_desktop.kiosk.state import CandidateView
from proctor_desktop.ui.text import button, label


class DeclinedScreen(Screen):
    """Says what was not done, and whom to ask."""

    def __init__(self) -> None:
        super().__init__("")
        self.title.setText(self.tr("The exam was not started"))
        self._text = label()
        self.body.addWidget(
            label(self.tr("You did not agree, so nothing of you was recorded."), "lead")
        )
        self.body.addWidget(self._text)
        self.body.addStretch()
        self.close_button = button(self.tr("&Close"), "primary")
        self.close_button.clicked.connect(self.leave)
        self.buttons.addWidget(self.close_button)

    def show_view(self, view: CandidateView) -> None:
        """Name the institution."""
        who = view.notice.institution if view.notice else self.tr("your institution")
        words = self.tr(
            "Please ask {institution} how else you can take part. You can open the exam again at "
            "any time."
        )
        self._text.setText(words.format(institution=who))

    def first_focus(self) -> QWidget:
        """Nothing is left but to close."""
        return self.close_button
