"""Pictures of every screen, for documents and for looking at a run afterwards."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.kiosk.sitting import Sitting
from proctor_desktop.kiosk.state import CandidateView, stage

SETTLE_MS = 800
"""A screen is drawn and its first facts have come after this time."""


def scene(before: CandidateView, view: CandidateView) -> str:
    """The name of what has just come on screen, or "" if nothing new has."""
    if view.ended is not None and before.ended is None:
        return "ended"
    if stage(view) is not stage(before):
        return stage(view).value
    if len(view.messages) > len(before.messages):
        return "message"
    return ""


class Pictures(QObject):
    """Saves ``NN-scene.png`` of ``window`` into ``folder``, shortly after each scene begins."""

    def __init__(self, window: QWidget, sitting: Sitting, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._folder = folder
        self._count = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise EnvironmentProblem(
                str(folder),
                f"the folder for screenshots cannot be made ({problem.strerror})",
                "Choose another one.",
            ) from problem
        sitting.changed.connect(self._look)

    def _look(self, before: CandidateView, view: CandidateView) -> None:
        name = scene(before, view)
        if name:
            self._count += 1
            file = self._folder / f"{self._count:02}-{name}.png"
            QTimer.singleShot(SETTLE_MS, self, lambda: self._save(file))

    def _save(self, file: Path) -> None:
        if not self._window.grab().save(str(file)):
            raise EnvironmentProblem(
                str(file), "the picture cannot be written", "Check the folder and the disk."
            )
