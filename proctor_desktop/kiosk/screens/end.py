"""After the exam: what was recorded, how far the upload is, and that it is safe to close."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QProgressBar, QWidget

from proctor_desktop.kiosk.facts import clock
from proctor_desktop.kiosk.screens.screen import Screen
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.ui.announce import announce
from proctor_desktop.ui.text import button, label, selectable


class EndScreen(Screen):
    """Says plainly whether the window may be closed."""

    def __init__(self) -> None:
        super().__init__("")
        self.safe = label(role="lead")
        self.upload = label()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Upload"))
        self._file_name = label(self.tr("Your evidence file"), "muted", wrap=False)
        self.file = QLineEdit(readOnly=True)
        self.file.setAccessibleName(self._file_name.text())
        self._rows: dict[str, tuple[QLabel, QLabel]] = {}
        for part in (self.safe, self.upload, self.bar, self._card()):
            self.body.addWidget(part)
        self.body.addStretch()
        self.close_button = button(self.tr("&Close"), "primary")
        self.close_button.setEnabled(False)
        self.close_button.clicked.connect(self.leave)
        self.buttons.addWidget(self.close_button)

    def show_view(self, view: CandidateView) -> None:
        """Show how far the end has come."""
        over = view.ended is not None or view.link is Link.STOPPED
        self.title.setText(self.tr("Your exam is finished") if over else self.tr("Finishing"))
        self._say(self._safety(view, over=over))
        self._show_upload(view)
        self._show_row("time", clock(view.elapsed_s))
        self._show_row("messages", str(len(view.messages)))
        self._show_file(view.ended.export if view.ended else "")
        self._show_row("score", self._score(view))
        if over and not self.close_button.isEnabled():
            self.close_button.setEnabled(True)
            self.close_button.setFocus()

    def first_focus(self) -> QWidget:
        """Nothing is left but to close."""
        return self.close_button

    def hold(self) -> None:
        """The window was to be closed while it is not yet done."""
        self._say(
            self.tr(
                "Still finishing. The window closes by itself; close it once more to leave now. "
                "What was recorded is kept."
            )
        )

    def _say(self, words: str) -> None:
        if words != self.safe.text():
            self.safe.setText(words)
            announce(self, words)

    def _safety(self, view: CandidateView, *, over: bool) -> str:
        if not over:
            return self.tr("Please leave this window open for a moment.")
        if view.pending:
            return self.tr(
                "It is safe to close this window. The rest is kept on this computer and is sent "
                "the next time the program runs with a connection."
            )
        return self.tr("It is safe to close this window. Thank you.")

    def _show_upload(self, view: CandidateView) -> None:
        total = view.pending + view.delivered
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(view.delivered if total else 0)
        self.bar.setVisible(total > 0)
        words = self.tr("Sent to the institution: {delivered} of {total} items")
        self.upload.setText(words.format(delivered=view.delivered, total=total))
        self.upload.setVisible(total > 0)

    def _score(self, view: CandidateView) -> str:
        if view.ended is None or view.ended.score is None:
            return ""
        words = self.tr("{score} of 100. It sums up observations; a person decides what they mean.")
        return words.format(score=f"{view.ended.score:g}")

    def _card(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        grid = QGridLayout(card)
        grid.setContentsMargins(self.step * 3, self.step * 2, self.step * 3, self.step * 2)
        grid.setHorizontalSpacing(self.step * 3)
        grid.setVerticalSpacing(self.step + self.step // 2)
        grid.setColumnStretch(1, 1)
        names = {
            "time": self.tr("Length of the recording"),
            "messages": self.tr("Messages shown to you"),
            "score": self.tr("Score from the server"),
        }
        for line, (key, name) in enumerate(names.items()):
            pair = (label(name, "muted", wrap=False), selectable())
            pair[1].setAccessibleName(name)
            grid.addWidget(pair[0], line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(pair[1], line, 1)
            self._rows[key] = pair
        self._file_name.setBuddy(self.file)
        grid.addWidget(self._file_name, len(names), 0)
        grid.addWidget(self.file, len(names), 1)
        return card

    def _show_file(self, path: str) -> None:
        for part in (self._file_name, self.file):
            part.setVisible(bool(path))
        if path != self.file.text():
            self.file.setText(path)
            self.file.setCursorPosition(0)

    def _show_row(self, key: str, words: str) -> None:
        for part in self._rows[key]:
            part.setVisible(bool(words))
        self._rows[key][1].setText(words)
