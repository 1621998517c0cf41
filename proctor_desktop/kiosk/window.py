"""The one window: header, the present screen, and the way out."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from proctor_desktop.kiosk.facts import accuracy
from proctor_desktop.kiosk.options import KioskOptions
from proctor_desktop.kiosk.screens.calibration import CalibrationScreen
from proctor_desktop.kiosk.screens.declined import DeclinedScreen
from proctor_desktop.kiosk.screens.end import EndScreen
from proctor_desktop.kiosk.screens.exam import ExamScreen
from proctor_desktop.kiosk.screens.notice import NoticeScreen
from proctor_desktop.kiosk.screens.photo import PhotoScreen
from proctor_desktop.kiosk.screens.ready import ReadyScreen
from proctor_desktop.kiosk.screens.screen import Screen
from proctor_desktop.kiosk.screens.starting import StartingScreen
from proctor_desktop.kiosk.screens.trouble import TroubleScreen
from proctor_desktop.kiosk.sitting import Sitting
from proctor_desktop.kiosk.state import CandidateView, Stage, covering_step, stage
from proctor_desktop.ui.announce import announce
from proctor_desktop.ui.gaze_target import GazeTarget
from proctor_desktop.ui.icon import Icon
from proctor_desktop.ui.info_bar import InfoBar
from proctor_desktop.ui.step_line import StepLine
from proctor_desktop.ui.text import label
from proctor_desktop.ui.theme import unit
from proctor_desktop.wire import stdio

FIRST_SIZE = QSize(1100, 760)

SILENCE_MS = 6_000
"""A calibration that says nothing for so long gives the screen back."""

_STEP_OF_STAGE = {
    Stage.STARTING: 0,
    Stage.NOTICE: 0,
    Stage.PHOTO: 1,
    Stage.CALIBRATION: 2,
    Stage.READY: 3,
    Stage.EXAM: 4,
    Stage.END: 5,
}


_FRAME = QSize(8, 40)
"""What a window manager adds around a window, generously."""


class KioskWindow(QWidget):
    """Shows whatever the sitting's view says; what the candidate does goes to the sitting."""

    def __init__(self, sitting: Sitting, options: KioskOptions) -> None:
        super().__init__()
        self._sitting = sitting
        self._may_close = False
        self.setProperty("role", "window")
        self.setWindowTitle(self.tr("Proctor Desktop"))
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() - _FRAME))
        self.steps = StepLine(self._step_names(), self.tr("Step {number} of {count}: {name}"))
        self.bar = InfoBar(self.tr("&Understood"))
        self.bar.read.connect(sitting.dismiss)
        self.exam = ExamScreen()
        self.end = EndScreen()
        self.screens: dict[Stage, Screen] = self._screens(options)
        self.target = GazeTarget(
            self, self.tr("Calibration"), self.tr("&Stop (Esc)"), self.tr("Progress")
        )
        self.target.stopped.connect(self._stop_calibration)
        self._silence = QTimer(self, singleShot=True, interval=SILENCE_MS)
        self._silence.timeout.connect(self._calibration_silent)
        self._target_closed = False
        self.stack = QStackedWidget()
        for screen in self.screens.values():
            self.stack.addWidget(screen)
            screen.asked.connect(self._ask)
            screen.leave.connect(sitting.leave)
        self._lay_out(options)
        sitting.changed.connect(self._show)
        sitting.left.connect(self._left)
        self._turn_to(stage(sitting.view), sitting.view)

    @property
    def screen_shown(self) -> Stage:
        """The stage whose screen is the present one."""
        return next(s for s, one in self.screens.items() if one is self.stack.currentWidget())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Close only when nothing runs any more; ask first during the exam."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        view = self._sitting.view
        if stage(view) is Stage.EXAM:
            self.exam.ask_to_finish(closing=True)
            return
        self._sitting.leave()
        if stage(view) is Stage.END and view.ended is None:
            self.end.hold()

    def _show(self, before: CandidateView, view: CandidateView) -> None:
        now = stage(view)
        if self.screen_shown is not now:
            self._turn_to(now, view)
        else:
            self.screens[now].show_view(view)
        if before.trouble is not view.trouble:
            self.bar.show_text(_in_one_line(view.trouble))
        if now is Stage.EXAM:
            self.exam.show_messages(view.messages[len(before.messages) :])
            if view.calibrated is not None and view.calibrated is not before.calibrated:
                self.exam.toasts.show_text(accuracy(view.calibrated))
        self._show_target(before, view)

    def _show_target(self, before: CandidateView, view: CandidateView) -> None:
        """Cover the screen while there is a dot to look at, or no other place for the words."""
        if view.calibration is None:
            self._target_closed = False
        step = covering_step(view)
        if step is None or self._target_closed:
            self._uncover()
        elif step is not before.calibration:
            at = None if step.target is None else (step.target[0], step.target[1])
            self.target.show_step(step.hint, step.progress, at)
            self._silence.start()

    def _ask(self, message: stdio.Upward) -> None:
        """Send what the candidate did; a new calibration may have the screen again."""
        if isinstance(message, stdio.Calibrate):
            self._target_closed = False
        self._sitting.ask(message)

    def _uncover(self) -> None:
        self._silence.stop()
        self.target.uncover()

    def _stop_calibration(self) -> None:
        """Give the screen back; what was calibrated before still holds."""
        self._target_closed = True
        self._uncover()
        self._sitting.ask(stdio.SkipStep("the candidate stopped the calibration"))

    def _calibration_silent(self) -> None:
        """Leave nobody in front of a dot that is not watched any more."""
        self._stop_calibration()
        if self.screen_shown is Stage.EXAM:
            words = self.tr("The calibration has come to a halt. Go on, or calibrate again.")
            self.exam.toasts.show_text(words)

    def _turn_to(self, now: Stage, view: CandidateView) -> None:
        screen = self.screens[now]
        screen.show_view(view)
        self.stack.setCurrentWidget(screen)
        if now in _STEP_OF_STAGE:
            self.steps.show_step(_STEP_OF_STAGE[now])
        self.steps.setVisible(now in _STEP_OF_STAGE)
        screen.opened()
        if now is Stage.EXAM:  # from here on, not being in front would be held against somebody
            self.activateWindow()
        announce(screen, screen.title.text())

    def _left(self, _code: int) -> None:
        self._may_close = True
        self.close()

    def _screens(self, options: KioskOptions) -> dict[Stage, Screen]:
        trouble = TroubleScreen(lambda: self._sitting.last_words)
        trouble.retry.connect(self._sitting.retry)
        return {
            Stage.STARTING: StartingScreen(),
            Stage.NOTICE: NoticeScreen(options.candidate_name or options.candidate_email),
            Stage.PHOTO: PhotoScreen(),
            Stage.CALIBRATION: CalibrationScreen(),
            Stage.READY: ReadyScreen(),
            Stage.EXAM: self.exam,
            Stage.END: self.end,
            Stage.DECLINED: DeclinedScreen(),
            Stage.TROUBLE: trouble,
        }

    def _step_names(self) -> tuple[str, ...]:
        return (
            self.tr("Notice"),
            self.tr("Photo"),
            self.tr("How you sit"),
            self.tr("Ready"),
            self.tr("Exam"),
            self.tr("End"),
        )

    def _lay_out(self, options: KioskOptions) -> None:
        step = unit(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header(options, step))
        column.addWidget(self.bar)
        column.addWidget(self.stack, stretch=1)

    def _header(self, options: KioskOptions, step: int) -> QFrame:
        header = QFrame()
        header.setProperty("role", "header")
        row = QGridLayout(header)
        row.setContentsMargins(step * 4, step, step * 4, step)
        row.setHorizontalSpacing(step * 2)
        row.setColumnStretch(1, 1)
        row.addWidget(Icon("mark", "accent", lines=1.2), 0, 0)
        row.addWidget(self.steps, 0, 1)
        if options.unattended:
            row.addWidget(label(self.tr("Unattended run"), "chip", wrap=False), 0, 2)
        return header


def _in_one_line(trouble: stdio.Trouble | None) -> str:
    if trouble is None:
        return ""
    return f"{trouble.what}: {trouble.why.rstrip('.')}. {trouble.remedy}"
