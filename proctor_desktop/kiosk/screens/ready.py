"""Everything is set; the candidate decides when to begin."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from proctor_desktop.kiosk.facts import accuracy, devices
from proctor_desktop.kiosk.screens.screen import Screen
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.ui.status_strip import StatusStrip
from proctor_desktop.ui.text import button, label
from proctor_desktop.wire import stdio


class ReadyScreen(Screen):
    """What will happen, in plain words, and one button."""

    def __init__(self) -> None:
        super().__init__("")
        self.title.setText(self.tr("You are ready"))
        self._detail = label(role="muted")
        self.accuracy = label(role="muted")
        self.strip = StatusStrip(self.tr("Devices"))
        self.body.addWidget(label(self.tr("The exam begins when you press Start."), "lead"))
        self.body.addWidget(self._detail)
        self.body.addWidget(self._card())
        self.body.addWidget(self.strip)
        self.body.addWidget(self.accuracy)
        self.body.addStretch()
        self.again = button(self.tr("&Calibrate again"), "quiet")
        self.again.clicked.connect(lambda: self.asked.emit(stdio.Calibrate()))
        self.buttons.addWidget(self.again)
        self.start = button(self.tr("&Start the exam"), "primary")
        self.start.clicked.connect(lambda: self.asked.emit(stdio.StartExam()))
        self.buttons.addWidget(self.start)

    def show_view(self, view: CandidateView) -> None:
        """Show how the devices stand."""
        asked = stdio.StartExam.type in view.asked
        self.start.setEnabled(view.link is Link.TALKING and not asked)
        self.strip.show_facts(devices(view))
        self.accuracy.setText(accuracy(view.calibrated) if view.calibrated else "")
        self.accuracy.setVisible(view.calibrated is not None)
        self.again.setVisible(view.notice is None or view.notice.calibration)
        self.again.setEnabled(view.link is Link.TALKING)  # a second press only starts it anew
        self._detail.setText(view.detail)
        self._detail.setVisible(bool(view.detail))

    def first_focus(self) -> QWidget:
        """The only thing to do."""
        return self.start

    def _card(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(self.step * 3, self.step * 2, self.step * 3, self.step * 2)
        column.setSpacing(self.step + self.step // 2)
        for words in (
            self.tr("A quiet line at the top shows what is being recorded."),
            self.tr(
                "Now and then a short message may tell you what was observed. It is not a "
                "judgement, and you need not answer it."
            ),
            self.tr("If the network fails, go on: everything is kept on this computer."),
            self.tr("You finish the exam yourself. The program never ends it for you."),
        ):
            column.addWidget(label(words))
        return card
