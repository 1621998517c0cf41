"""What is recorded, by whom and why; the candidate agrees or leaves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QPlainTextEdit, QWidget

from proctor_desktop.core.chain import is_sha256
from proctor_desktop.kiosk.autopilot import consent
from proctor_desktop.kiosk.screens.screen import Screen
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.ui.text import button, label, selectable
from proctor_desktop.wire import dsse, stdio

_GROUP = 4
_NOTICE_LINES = 6


def fingerprint(signer: str) -> str:
    """A key in hex as people compare it: the key's short name, in groups of four."""
    short = dsse.keyid(signer) if is_sha256(signer) else signer
    return " ".join(short[at : at + _GROUP] for at in range(0, len(short), _GROUP))


class NoticeScreen(Screen):
    """The institution's own words, then ours in short; Enter alone never agrees."""

    def __init__(self, candidate: str) -> None:
        super().__init__("")
        self._notice: stdio.Notice | None = None
        self._candidate = candidate
        self._by = selectable(role="lead")
        self._signed = selectable(role="small")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setAccessibleName(self.tr("Notice from the institution"))
        self.text.setMinimumHeight(self.step * 2 * _NOTICE_LINES)
        self.body.addWidget(self._by)
        self.body.addWidget(self._signed)
        self._what = label()
        self._readers = label()
        self._limits = label()
        self.body.addWidget(self._summary())
        self.body.addWidget(self.text, stretch=1)
        self.disagree = button(self.tr("I do &not agree, leave"))
        self.agree = button(self.tr("I &agree"), "primary")
        self.agree.setAutoDefault(False)
        self.disagree.clicked.connect(lambda: self._answer(given=False))
        self.agree.clicked.connect(lambda: self._answer(given=True))
        self.buttons.addWidget(self.disagree)
        self.buttons.addWidget(self.agree)

    def show_view(self, view: CandidateView) -> None:
        """Show the notice that monitor sent."""
        answered = stdio.Consent.type in view.asked
        for one in (self.agree, self.disagree):
            one.setEnabled(view.link is Link.TALKING and not answered)
        if view.notice is not None and view.notice != self._notice:
            self._fill(view.notice)

    def first_focus(self) -> QWidget:
        """The text: reading comes first."""
        return self.text

    def _fill(self, notice: stdio.Notice) -> None:
        self._notice = notice
        self.title.setText(notice.exam)
        who = self.tr("For {name}, by {institution}") if self._candidate else "{institution}"
        self._by.setText(who.format(name=self._candidate, institution=notice.institution))
        signed = self.tr("Signed by {institution} with key {key}")
        self._signed.setText(
            signed.format(institution=notice.institution, key=fingerprint(notice.signer))
        )
        self._what.setText(self._what_is_kept(notice))
        self._readers.setText(self._who_can_read(notice.sealed_to))
        limits = "\n".join(one[:1].upper() + one[1:] for one in notice.limits)
        self._limits.setText(limits or self.tr("None known on this computer."))
        self.text.setPlainText(notice.text)

    def _answer(self, *, given: bool) -> None:
        if self._notice is not None:
            self.asked.emit(consent(self._notice, given=given, unattended=False))

    def _what_is_kept(self, notice: stdio.Notice) -> str:
        """What is watched and kept; what gives away more than an exam needs is told apart."""
        what = self.tr(
            "Your camera, microphone and screen, and which program is in front, as the exam asks "
            "for them."
        )
        clips = self.tr("This exam also keeps short camera videos around what was noticed.")
        voice = self.tr("It keeps the sound around a voice, and so what was said.")
        titles = self.tr(
            "This exam also keeps the titles of the windows in front, which may tell what you read "
            "or write there."
        )
        more = ((notice.clips, clips), (notice.voice_clips, voice), (notice.window_titles, titles))
        return " ".join([what, *(words for kept, words in more if kept)])

    def _who_can_read(self, sealed_to: list[str]) -> str:
        """Whether what is kept can be read by the institution only, in a line."""
        if not sealed_to:
            return self.tr("By whoever can read this computer's disk: what is kept is not sealed.")
        words = self.tr("By the institution only: what is kept is sealed to {keys}.")
        return words.format(keys=", ".join(sealed_to))

    def _summary(self) -> QFrame:
        when = self.tr(
            "From the moment you agree until you finish. The window shows what is going on."
        )
        who = self.tr(
            "This computer makes observations. People at the institution look at them and decide; "
            "no program does."
        )
        rows = (
            (self.tr("What"), self._what),
            (self.tr("When"), label(when)),
            (self.tr("Who"), label(who)),
            (self.tr("Readable"), self._readers),
            (self.tr("Limits"), self._limits),
        )
        card = QFrame()
        card.setProperty("role", "card")
        grid = QGridLayout(card)
        grid.setContentsMargins(self.step * 2, self.step * 2, self.step * 2, self.step * 2)
        grid.setHorizontalSpacing(self.step * 3)
        grid.setVerticalSpacing(self.step)
        grid.setColumnStretch(1, 1)
        for line, (name, words) in enumerate(rows):
            grid.addWidget(label(name, "muted", wrap=False), line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, line, 1)
        return card
