"""The short measurement of how the candidate sits when looking at the screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from proctor_desktop.kiosk.screens.camera import CameraScreen
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.ui.progress_ring import ProgressRing
from proctor_desktop.ui.text import button
from proctor_desktop.wire import stdio


class CalibrationScreen(CameraScreen):
    """A ring that fills, and one thing to do at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.title.setText(self.tr("How you sit"))
        self.lead.setText(
            self.tr(
                "For a few seconds the camera learns how you sit. If a dot appears, look at it and "
                "follow it with your eyes. Everybody sits and looks differently; this makes the "
                "exam fairer. It takes less than a minute, and Escape stops it."
            )
        )
        self.ring = ProgressRing(self.tr("Progress"))
        self.side.insertWidget(1, self.ring, alignment=Qt.AlignmentFlag.AlignLeft)
        self.explain_skipping(
            self.tr(
                "You can go on without. It is noted, and neither turns of your head nor where you "
                "look are then measured."
            )
        )
        self.start = button(self.tr("&Start"), "primary")
        self.start.clicked.connect(lambda: self.asked.emit(stdio.Calibrate()))
        self.skip.clicked.connect(
            lambda: self.asked.emit(stdio.SkipStep("the candidate went on without calibration"))
        )
        self.buttons.addWidget(self.start)

    def show_view(self, view: CandidateView) -> None:
        """Show how far it is."""
        super().show_view(view)
        begun = stdio.Calibrate.type in view.asked or view.calibration is not None
        self.start.setText(self.tr("&Start again") if begun else self.tr("&Start"))
        self.start.setAccessibleName(self.start.text().replace("&", ""))
        self.start.setEnabled(view.link is Link.TALKING)
        self.skip.setEnabled(view.link is Link.TALKING and stdio.SkipStep.type not in view.asked)
        self.ring.show_share(view.calibration.progress if view.calibration else 0.0)
        self.say(self._instruction(view, begun=begun))

    def first_focus(self) -> QWidget:
        """The likely next thing."""
        return self.start

    def _instruction(self, view: CandidateView, *, begun: bool) -> str:
        if view.calibration is not None and view.calibration.hint:
            return view.calibration.hint
        if begun:
            return self.tr("Look at the middle of the screen and stay relaxed.")
        return self.tr("Sit as you will during the exam, then press Start.")
