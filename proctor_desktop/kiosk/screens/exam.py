"""The exam itself: a place for its page, a quiet status strip, and the way to finish."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from proctor_desktop.kiosk.facts import clock, facts
from proctor_desktop.kiosk.screens.screen import Screen
from proctor_desktop.kiosk.state import CandidateView, Link, Message
from proctor_desktop.ui.announce import announce
from proctor_desktop.ui.message_list import MessageList
from proctor_desktop.ui.status_strip import StatusStrip
from proctor_desktop.ui.text import button, label
from proctor_desktop.ui.toast import Toasts
from proctor_desktop.wire import stdio

_LIST_UNITS = 38


class ExamScreen(Screen):
    """Finishing takes two steps, and the second starts on the harmless button."""

    def __init__(self) -> None:
        super().__init__("", wide=True)
        self.title.setText(self.tr("Your exam"))
        self.strip = StatusStrip(self.tr("Status of the recording"))
        self.place = _place(self.tr("Your exam is running."), self._advice(), self.step)
        self.list = MessageList(self.tr("Messages"), self.tr("There are no messages."))
        self.list.setMaximumWidth(self.step * _LIST_UNITS)
        self.list.hide()
        self.toasts = Toasts(self, above=self.footer)
        self._may_calibrate = True
        self._show_strip_above()
        self.row.addWidget(self.list, stretch=2)
        self.body.addWidget(self.place, stretch=1)
        self._question = label(role="text")
        self._buttons()

    def show_view(self, view: CandidateView) -> None:
        """Show status, messages, and whether the exam is being finished."""
        self.strip.show_facts(facts(view))
        if view.notice is not None:
            self.title.setText(view.notice.exam)
        self.list.show_lines([self._line(message) for message in reversed(view.messages)])
        count = len(view.messages)
        self.messages.setText(self.tr("&Messages ({count})").format(count=count))
        self.messages.setAccessibleName(self.tr("Messages: {count}").format(count=count))
        self._may_calibrate = view.notice is None or view.notice.calibration
        self.again.setVisible(self._may_calibrate and not self.asking)
        asked = stdio.FinishExam.type in view.asked
        self.confirm.setEnabled(view.link is Link.TALKING and not asked)

    def show_messages(self, fresh: Sequence[Message]) -> None:
        """Show toasts for messages that have just come."""
        for message in fresh:
            self.toasts.show_text(message.text)

    def opened(self) -> None:
        """Begin with the exam, not with the question."""
        self.withdraw()

    def first_focus(self) -> QWidget:
        """The exam's own place."""
        return self.place

    def ask_to_finish(self, *, closing: bool = False) -> None:
        """Ask once more; ``closing`` when it was the window that was to be closed."""
        words = (
            self.tr("The exam is still running. Closing the window would finish it.")
            if closing
            else self.tr("Finish now? You cannot come back to this exam.")
        )
        self._question.setText(words)
        self._show_question(shown=True)
        self.keep.setFocus()
        announce(self, words)

    def withdraw(self) -> None:
        """Go on with the exam."""
        self._show_question(shown=False)
        self.first_focus().setFocus()

    @property
    def asking(self) -> bool:
        """Whether the question stands."""
        return not self._question.isHidden()

    def _show_question(self, *, shown: bool) -> None:
        for one in (self._question, self.keep, self.confirm):
            one.setVisible(shown)
        for one in (self.messages, self.finish):
            one.setVisible(not shown)
        self.again.setVisible(self._may_calibrate and not shown)

    def _show_strip_above(self) -> None:
        bar = QFrame()
        bar.setProperty("role", "header")
        row = QVBoxLayout(bar)
        row.setContentsMargins(self.step * 4, self.step, self.step * 4, self.step)
        row.addWidget(self.strip)
        self.layout().insertWidget(0, bar)  # type: ignore[union-attr]

    def _buttons(self) -> None:
        self.messages = button(self.tr("&Messages ({count})").format(count=0), "quiet")
        self.messages.setCheckable(True)
        self.messages.toggled.connect(self.list.setVisible)
        # Never switched off: the keyboard focus would not be there any more after a calibration.
        self.again = button(self.tr("&Calibrate again"), "quiet")
        self.again.clicked.connect(lambda: self.asked.emit(stdio.Calibrate()))
        self.finish = button(self.tr("&Finish exam"))
        self.finish.clicked.connect(lambda _checked: self.ask_to_finish())
        self.keep = button(self.tr("&Keep working"))
        self.keep.clicked.connect(self.withdraw)
        self.confirm = button(self.tr("&Finish exam now"), "primary")
        self.confirm.clicked.connect(lambda: self.asked.emit(stdio.FinishExam()))
        self._question.setWordWrap(False)
        for one in (
            self.messages,
            self.again,
            self.finish,
            self._question,
            self.keep,
            self.confirm,
        ):
            self.buttons.addWidget(one)
        self._show_question(shown=False)

    def _advice(self) -> str:
        return self.tr(
            "Work as your institution told you, and take your time. When you are done, press "
            "Finish exam below."
        )

    def _line(self, message: Message) -> str:
        times = self.tr(" (seen {times} times)").format(times=message.times)
        again = times if message.times > 1 else ""
        return f"{clock(message.elapsed_s)}   {message.text}{again}"


def _place(heading: str, words: str, step: int) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    card.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    card.setAccessibleName(heading)
    column = QVBoxLayout(card)
    column.setContentsMargins(step * 4, step * 4, step * 4, step * 4)
    column.setSpacing(step * 2)
    column.addStretch(1)
    for text, role in ((heading, "heading"), (words, "text")):
        line = label(text, role)
        line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(line, stretch=4)
        row.addStretch(1)
        column.addLayout(row)
    column.addStretch(2)
    return card
