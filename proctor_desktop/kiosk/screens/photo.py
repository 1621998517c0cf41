"""The reference photo."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from proctor_desktop.kiosk.screens.camera import CameraScreen
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.ui.text import button
from proctor_desktop.wire import stdio


class PhotoScreen(CameraScreen):
    """Says what the camera sees; finding a face is never a condition for going on."""

    def __init__(self) -> None:
        super().__init__()
        self.title.setText(self.tr("Your photo"))
        self.lead.setText(
            self.tr(
                "One photo at the start shows who sat the exam. Look at the camera; "
                "nothing has to be perfect."
            )
        )
        self.explain_skipping(
            self.tr(
                "If the camera does not see you well, go on without. It is noted, and somebody "
                "can check who you are in another way."
            )
        )
        self.take = button(self.tr("&Take photo"), "primary")
        self.take.clicked.connect(lambda: self.asked.emit(stdio.TakePhoto()))
        self.skip.clicked.connect(
            lambda: self.asked.emit(stdio.SkipStep("the candidate went on without a photo"))
        )
        self.buttons.addWidget(self.take)

    def show_view(self, view: CandidateView) -> None:
        """Show the picture, and whether a photo is being taken."""
        super().show_view(view)
        taking = stdio.TakePhoto.type in view.asked
        self.take.setEnabled(view.link is Link.TALKING and not taking)
        self.skip.setEnabled(view.link is Link.TALKING and stdio.SkipStep.type not in view.asked)
        self.say(self._taking(view.faces) if taking else self._seen(view.faces))

    def first_focus(self) -> QWidget:
        """The likely next thing."""
        return self.take

    def _taking(self, faces: int | None) -> str:
        if faces == 1:
            return self.tr("Taking the photo. Please stay as you are.")
        return self.tr("The photo is taken as soon as one face can be seen.")

    def _seen(self, faces: int | None) -> str:
        match faces:
            case None:
                return self.tr("The camera is starting.")
            case 0:
                return self.tr("We can't see your face. Some light from the front often helps.")
            case 1:
                return self.tr("We can see your face.")
        return self.tr("We can see more than one face. Only you should be in the picture.")
