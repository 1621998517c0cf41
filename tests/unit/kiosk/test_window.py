from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk import state
from proctor_desktop.kiosk.options import KioskOptions
from proctor_desktop.kiosk.screens.notice import fingerprint
from proctor_desktop.kiosk.sitting import Sitting
from proctor_desktop.kiosk.state import CandidateView, Link, Stage
from proctor_desktop.kiosk.window import KioskWindow
from proctor_desktop.ui.theme import Scheme, Theme
from proctor_desktop.wire import stdio
from tests.fakes.kiosk_views import ENDED, FATAL, NOTICE, snapshot, view

# Qt's offscreen platform says this of every window that is shown
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

CAMERA_TROUBLE = stdio.Trouble("The camera", "It is busy.", "Close the other program.")

EVERY_SCREEN = {
    Stage.STARTING: CandidateView(),
    Stage.NOTICE: view(Phase.OPENED),
    Stage.PHOTO: view(Phase.CONSENTED, snapshot=snapshot(), trouble=CAMERA_TROUBLE),
    Stage.CALIBRATION: view(
        Phase.IDENTIFIED, calibration=stdio.CalibrationStep(0.5, "A little closer, please.")
    ),
    Stage.READY: view(Phase.CALIBRATED, snapshot=snapshot()),
    Stage.EXAM: view(Phase.RUNNING, snapshot=snapshot()),
    Stage.END: view(Phase.CLOSED, ended=ENDED, snapshot=snapshot(delivered=40)),
    Stage.DECLINED: view(Phase.CLOSED, declined=True),
    Stage.TROUBLE: view(Phase.RUNNING, fatal=FATAL, link=Link.STOPPED),
}


class Recorded(Sitting):
    """A sitting without a monitor: takes any view, and keeps what the window asks of it."""

    def __init__(self, options: KioskOptions) -> None:
        super().__init__(["x"], options)
        self.requests: list[object] = []

    def turn(self, now: CandidateView) -> None:
        before, self.view = self.view, now
        self.changed.emit(before, now)

    def ask(self, message: stdio.Upward) -> None:
        self.requests.append(message)

    def leave(self) -> None:
        self.requests.append("leave")

    def retry(self) -> None:
        self.requests.append("retry")


class Bench:
    """A shown window on a recorded sitting."""

    def __init__(self, qtbot: QtBot, **options: object) -> None:
        chosen = KioskOptions(**options)  # type: ignore[arg-type]
        self.sitting = Recorded(chosen)
        self.window = KioskWindow(self.sitting, chosen)
        qtbot.addWidget(self.window, before_close_func=lambda _: self.sitting.left.emit(0))
        self.window.show()

    def turn(self, now: CandidateView) -> QWidget:
        self.sitting.turn(now)
        QApplication.processEvents()
        return self.window.stack.currentWidget()

    def button(self, text: str) -> QPushButton:
        screen = self.window.stack.currentWidget()
        found = [
            one
            for one in screen.findChildren(QPushButton)
            if one.isVisible() and one.accessibleName() == text
        ]
        assert len(found) == 1, f"{text}: {len(found)} buttons"
        return found[0]

    def texts(self) -> str:
        screen = self.window.stack.currentWidget()
        labels = [one.text() for one in screen.findChildren(QLabel) if one.isVisible()]
        lines = [one.text() for one in screen.findChildren(QLineEdit) if one.isVisible()]
        return "\n".join(labels + lines)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot, candidate_name="Ada Muster")


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application, undressed again afterwards."""
    font, palette = qapp.font(), qapp.palette()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setFont(font)
    qapp.setPalette(palette)


@pytest.mark.parametrize("place", list(Stage))
def test_the_window_shows_the_screen_of_the_view(bench: Bench, place: Stage) -> None:
    bench.turn(EVERY_SCREEN[place])
    assert bench.window.screen_shown is place


@pytest.mark.parametrize("place", list(Stage))
def test_no_control_is_without_a_name(bench: Bench, place: Stage) -> None:
    screen = bench.turn(EVERY_SCREEN[place])
    for one in screen.findChildren(QWidget):
        if one.isVisible() and one.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            face = QAccessible.queryAccessibleInterface(one)
            assert face.text(QAccessible.Text.Name), f"{type(one).__name__} has no name"


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_no_text_is_cut_off_in_a_small_window(
    qtbot: QtBot, dressed: QApplication, scale: float
) -> None:
    Theme(Scheme.LIGHT, scale).apply(dressed)
    bench = Bench(qtbot, candidate_name="Ada Muster", unattended=True)
    bench.window.resize(1024, 700)
    for now in EVERY_SCREEN.values():
        screen = bench.turn(now)
        QApplication.processEvents()
        assert cut_off(screen) == []
        assert screen.area.horizontalScrollBar().maximum() == 0  # type: ignore[attr-defined]


def cut_off(screen: QWidget) -> list[str]:
    """The texts of visible labels that have less room than they need."""
    cut = []
    for one in screen.findChildren(QLabel):
        size = one.sizeHint()
        height = one.heightForWidth(one.width()) if one.wordWrap() else size.height()
        width = 0 if one.wordWrap() else size.width()
        if one.isVisible() and (one.height() < height or one.width() < width):
            cut.append(one.text())
    return cut


@pytest.mark.parametrize("place", [s for s in Stage if s is not Stage.STARTING])
def test_every_button_can_be_reached_with_the_tab_key(
    qtbot: QtBot, bench: Bench, place: Stage
) -> None:
    screen = bench.turn(EVERY_SCREEN[place])
    bench.window.activateWindow()
    wanted = {
        one for one in screen.findChildren(QPushButton) if one.isVisible() and one.isEnabled()
    }
    reached = set()
    for _ in range(20):
        focused = QApplication.focusWidget()
        reached.add(focused)
        qtbot.keyClick(focused or bench.window, Qt.Key.Key_Tab)
    assert wanted
    assert wanted <= reached


def test_the_notice_is_shown_as_it_is_with_who_signed_it(bench: Bench) -> None:
    screen = bench.turn(EVERY_SCREEN[Stage.NOTICE])
    assert "Statistics" in bench.texts()
    assert "For Ada Muster, by Example University" in bench.texts()
    assert f"with key {fingerprint(NOTICE.signer)}" in bench.texts()
    assert screen.text.toPlainText() == NOTICE.text  # type: ignore[attr-defined]


def test_a_key_is_shown_as_a_short_fingerprint() -> None:
    assert len(fingerprint("5f" * 32).split()) == 4
    assert fingerprint("0011223344556677") == "0011 2233 4455 6677"


def test_agreeing_and_declining_send_the_hash_of_what_was_shown(qtbot: QtBot, bench: Bench) -> None:
    bench.turn(EVERY_SCREEN[Stage.NOTICE])
    for text, given in (("I agree", True), ("I do not agree, leave", False)):
        qtbot.mouseClick(bench.button(text), Qt.MouseButton.LeftButton)
        assert bench.sitting.requests.pop() == stdio.Consent(given, NOTICE.sha256, "en")


def test_return_alone_never_agrees(qtbot: QtBot, bench: Bench) -> None:
    bench.turn(EVERY_SCREEN[Stage.NOTICE])
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert bench.sitting.requests == []


@pytest.mark.parametrize(
    ("place", "text", "message"),
    [
        (Stage.PHOTO, "Take photo", stdio.TakePhoto()),
        (
            Stage.PHOTO,
            "Go on without",
            stdio.SkipStep("the candidate went on without a photo"),
        ),
        (Stage.CALIBRATION, "Start again", stdio.Calibrate()),
        (
            Stage.CALIBRATION,
            "Go on without",
            stdio.SkipStep("the candidate went on without calibration"),
        ),
        (Stage.READY, "Start the exam", stdio.StartExam()),
        (Stage.END, "Close", "leave"),
        (Stage.DECLINED, "Close", "leave"),
        (Stage.TROUBLE, "Close", "leave"),
        (Stage.TROUBLE, "Try again", "retry"),
    ],
)
def test_each_button_asks_for_one_thing(
    qtbot: QtBot, bench: Bench, place: Stage, text: str, message: object
) -> None:
    bench.turn(EVERY_SCREEN[place])
    qtbot.mouseClick(bench.button(text), Qt.MouseButton.LeftButton)
    assert bench.sitting.requests == [message]


@pytest.mark.parametrize("place", [Stage.PHOTO, Stage.CALIBRATION, Stage.READY])
def test_nothing_can_be_asked_while_monitor_is_being_started_again(
    bench: Bench, place: Stage
) -> None:
    screen = bench.turn(state.silenced(EVERY_SCREEN[place], Link.RESTARTING))
    enabled = [one.text() for one in screen.findChildren(QPushButton) if one.isEnabled()]
    assert enabled == []


def test_the_photo_screen_says_what_the_camera_sees_and_never_bars_the_way(bench: Bench) -> None:
    for faces in (None, 0, 1, 2):
        bench.turn(view(Phase.CONSENTED, snapshot=snapshot(faces=faces)))
        assert bench.button("Take photo").isEnabled()
        assert bench.button("Go on without").isEnabled()
    assert "more than one face" in bench.texts()


def test_calibration_gives_one_instruction_and_fills_the_ring(bench: Bench) -> None:
    screen = bench.turn(EVERY_SCREEN[Stage.CALIBRATION])
    assert screen.said.text() == "A little closer, please."  # type: ignore[attr-defined]
    assert screen.ring.accessibleName() == "Progress: 50 %"  # type: ignore[attr-defined]


def test_finishing_takes_two_steps_and_the_first_focus_is_harmless(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.turn(EVERY_SCREEN[Stage.EXAM])
    qtbot.mouseClick(bench.button("Finish exam"), Qt.MouseButton.LeftButton)
    assert bench.sitting.requests == []
    assert bench.button("Keep working").hasFocus()
    qtbot.mouseClick(bench.button("Finish exam now"), Qt.MouseButton.LeftButton)
    assert bench.sitting.requests == [stdio.FinishExam()]


def test_one_can_change_ones_mind_about_finishing(qtbot: QtBot, bench: Bench) -> None:
    bench.turn(EVERY_SCREEN[Stage.EXAM])
    qtbot.mouseClick(bench.button("Finish exam"), Qt.MouseButton.LeftButton)
    qtbot.keyClick(bench.button("Keep working"), Qt.Key.Key_Space)
    assert not bench.window.exam.asking
    assert bench.button("Finish exam").isEnabled()


def test_closing_the_window_during_the_exam_asks_first(bench: Bench) -> None:
    bench.turn(EVERY_SCREEN[Stage.EXAM])
    assert not bench.window.close()
    assert bench.window.exam.asking
    assert "Closing the window would finish it" in bench.texts()
    assert bench.sitting.requests == []


@pytest.mark.parametrize("place", [s for s in Stage if s is not Stage.EXAM])
def test_closing_the_window_elsewhere_leaves_in_order(bench: Bench, place: Stage) -> None:
    bench.turn(EVERY_SCREEN[place])
    assert not bench.window.close()
    assert bench.sitting.requests == ["leave"]
    bench.sitting.left.emit(0)
    assert not bench.window.isVisible()


def test_closing_too_early_at_the_end_says_that_it_is_not_done(bench: Bench) -> None:
    bench.turn(view(Phase.CLOSED))
    bench.window.close()
    assert "Still finishing" in bench.texts()


def test_toasts_come_once_and_the_list_keeps_them(qtbot: QtBot, bench: Bench) -> None:
    first = state.told(EVERY_SCREEN[Stage.EXAM], "face_missing", "We can't see your face.", 0.0)
    bench.turn(EVERY_SCREEN[Stage.EXAM])
    bench.turn(first)
    bench.turn(state.told(first, "face_missing", "We can't see your face.", 1.0))
    exam = bench.window.exam
    assert exam.toasts.texts == ("We can't see your face.",)
    assert exam.list.lines == ("0:00:12   We can't see your face. (seen 2 times)",)
    qtbot.mouseClick(bench.button("Messages: 1"), Qt.MouseButton.LeftButton)
    assert exam.list.isVisible()


def test_the_end_says_that_closing_is_safe_and_what_is_still_to_be_sent(bench: Bench) -> None:
    bench.turn(view(Phase.CLOSED, pending=28, delivered=12))
    assert "leave this window open" in bench.texts()
    bench.turn(view(Phase.CLOSED, pending=28, delivered=12, ended=ENDED))
    assert "safe to close" in bench.texts()
    assert "The rest is kept" in bench.texts()
    assert "12 of 40" in bench.texts()
    assert ENDED.export in bench.texts()


def test_the_score_is_shown_only_when_there_is_one(bench: Bench) -> None:
    bench.turn(EVERY_SCREEN[Stage.END])
    assert "93 of 100" in bench.texts()
    unreached = stdio.Ended(export="x", pending=3, score=None, risk=None)
    bench.turn(view(Phase.CLOSED, ended=unreached))
    assert "of 100" not in bench.texts()
    assert "Score" not in bench.texts()


def test_a_trouble_is_shown_in_words_and_can_be_copied_with_the_last_words(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.sitting.last_words = ("Traceback (most recent call last):",)
    bench.turn(EVERY_SCREEN[Stage.TROUBLE])
    for words in (FATAL.what, FATAL.why, FATAL.remedy):
        assert words in bench.texts()
    assert "Traceback" not in bench.texts()
    qtbot.mouseClick(bench.button("Copy for the help desk"), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert FATAL.remedy in copied
    assert "Traceback" in copied


def test_a_note_above_the_screen_stays_until_it_is_put_away(qtbot: QtBot, bench: Bench) -> None:
    bench.turn(EVERY_SCREEN[Stage.PHOTO])
    assert bench.window.bar.text == "The camera: It is busy. Close the other program."
    qtbot.mouseClick(bench.window.bar.close_button, Qt.MouseButton.LeftButton)
    assert not bench.window.bar.isVisible()


def test_an_unattended_run_says_so(qtbot: QtBot) -> None:
    bench = Bench(qtbot, unattended=True)
    chips = [one.text() for one in bench.window.findChildren(QLabel) if one.isVisible()]
    assert "Unattended run" in chips
