"""Before monitor has said where the session stands."""

from __future__ import annotations

from proctor_desktop.kiosk.screens.screen import Screen
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.ui.text import label


class StartingScreen(Screen):
    """One sentence, so that nobody looks at an empty window."""

    def __init__(self) -> None:
        super().__init__("")
        self.title.setText(self.tr("One moment, please"))
        self._text = label(role="lead")
        self.body.addWidget(self._text)
        self.body.addStretch()
        self.footer.hide()

    def show_view(self, view: CandidateView) -> None:
        """Say what is being done."""
        again = view.link is Link.RESTARTING
        self._text.setText(
            self.tr("The recorder is started again. You will go on where you were.")
            if again
            else self.tr("Your exam is being opened.")
        )
