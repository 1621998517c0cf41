from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

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
from proctor_desktop.kiosk import sitting as sitting_module
from proctor_desktop.kiosk import state
from proctor_desktop.kiosk import window as window_module
from proctor_desktop.kiosk.options import KioskOptions
from proctor_desktop.kiosk.screens.notice import fingerprint
from proctor_desktop.kiosk.sitting import Sitting
from proctor_desktop.kiosk.state import CandidateView, Link, Stage, stage
from proctor_desktop.kiosk.window import KioskWindow
from proctor_desktop.ui.theme import Scheme, Theme
from proctor_desktop.vision.worker import TAKE_TIMEOUT_S
from proctor_desktop.wire import stdio
from tests.fakes.kiosk_views import (
    CALIBRATED,
    CORNER,
    ENDED,
    FATAL,
    HOLD,
    NO_DOT,
    NOTICE,
    calibrating,
    snapshot,
    view,
)

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


def test_the_notice_says_who_can_read_what_is_kept(bench: Bench) -> None:
    unsealed = EVERY_SCREEN[Stage.NOTICE]
    bench.turn(unsealed)
    assert "By whoever can read this computer's disk" in bench.texts()
    notice = replace(NOTICE, sealed_to=["00e1 9a89 aa0e 9ad0"])
    bench.turn(replace(unsealed, notice=notice))
    assert "By the institution only" in bench.texts()
    assert "00e1 9a89 aa0e 9ad0" in bench.texts()


def test_the_notice_says_so_where_titles_of_windows_are_kept(bench: Bench) -> None:
    without = EVERY_SCREEN[Stage.NOTICE]
    bench.turn(without)
    assert "which program is in front" in bench.texts()
    assert "titles of the windows" not in bench.texts()
    bench.turn(replace(without, notice=replace(NOTICE, window_titles=True)))
    assert "which program is in front" in bench.texts()
    assert "This exam also keeps the titles of the windows in front" in bench.texts()


def test_the_notice_says_so_where_clips_are_kept(bench: Bench) -> None:
    without = EVERY_SCREEN[Stage.NOTICE]
    bench.turn(without)
    assert "keeps" not in bench.texts()
    bench.turn(replace(without, notice=replace(NOTICE, clips=True, voice_clips=True)))
    assert "short camera videos around what was noticed" in bench.texts()
    assert "the sound around a voice, and so what was said" in bench.texts()


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
        (Stage.READY, "Calibrate again", stdio.Calibrate()),
        (Stage.EXAM, "Calibrate again", stdio.Calibrate()),
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


STOPPED = stdio.SkipStep("the candidate stopped the calibration")
CALIBRATING = [
    calibrating(Phase.IDENTIFIED),
    calibrating(Phase.CALIBRATED),
    calibrating(Phase.RUNNING),
]


def go_on(bench: Bench, message: stdio.Downward) -> None:
    """Let monitor say one more thing."""
    bench.turn(state.reduce(bench.sitting.view, message, 0.0))


@pytest.mark.parametrize("now", CALIBRATING)
def test_the_page_shows_what_monitor_says_and_goes_at_the_end(
    bench: Bench, now: CandidateView
) -> None:
    page = bench.window.target
    bench.turn(replace(now, calibration=None))
    assert page.isHidden()
    for step in (HOLD, CORNER):
        go_on(bench, step)
        assert page.isVisible()
        assert page.said.text() == step.hint
        assert page.bar.value() == round(100 * step.progress)
        assert step.target is not None
        x, y = step.target
        assert page.dot is not None
        assert page.dot.toTuple() == (x * page.width(), y * page.height())
    go_on(bench, CALIBRATED)
    assert page.isHidden()


def test_without_dots_the_first_calibration_stays_in_the_window(bench: Bench) -> None:
    bench.turn(calibrating(Phase.IDENTIFIED, NO_DOT))
    assert bench.window.target.isHidden()
    assert NO_DOT.hint in bench.texts()


def test_without_dots_the_exam_still_has_a_place_for_the_words(bench: Bench) -> None:
    bench.turn(calibrating(Phase.RUNNING, NO_DOT))
    assert bench.window.target.said.isVisible()
    assert bench.window.target.dot is None


def test_escape_before_the_exam_goes_on_without(qtbot: QtBot, bench: Bench) -> None:
    bench.turn(calibrating(Phase.IDENTIFIED))
    qtbot.keyClick(bench.window.target, Qt.Key.Key_Escape)
    assert bench.window.target.isHidden()
    assert bench.sitting.requests == [stdio.SkipStep("the candidate stopped the calibration")]


@pytest.mark.parametrize("phase", [Phase.CALIBRATED, Phase.RUNNING])
def test_escape_later_gives_the_screen_back_and_stops_the_calibration(
    qtbot: QtBot, bench: Bench, phase: Phase
) -> None:
    bench.turn(calibrating(phase))
    qtbot.keyClick(bench.window.target, Qt.Key.Key_Escape)
    go_on(bench, replace(CORNER, progress=0.5))
    go_on(bench, snapshot())
    assert bench.window.target.isHidden()
    assert bench.sitting.requests == [STOPPED]


def test_a_stopped_calibration_can_be_begun_anew(qtbot: QtBot, bench: Bench) -> None:
    bench.turn(calibrating(Phase.RUNNING))
    bench.window.target.stopped.emit()
    qtbot.mouseClick(bench.button("Calibrate again"), Qt.MouseButton.LeftButton)
    assert bench.sitting.requests == [STOPPED, stdio.Calibrate()]
    go_on(bench, replace(CORNER, progress=0.5))
    assert bench.window.target.isVisible()


def test_after_its_end_a_stopped_calibration_can_be_begun_anew(qtbot: QtBot, bench: Bench) -> None:
    bench.turn(calibrating(Phase.RUNNING))
    bench.window.target.stopped.emit()
    go_on(bench, CALIBRATED)
    qtbot.mouseClick(bench.button("Calibrate again"), Qt.MouseButton.LeftButton)
    assert bench.sitting.requests == [STOPPED, stdio.Calibrate()]
    bench.turn(state.sent(bench.sitting.view, stdio.Calibrate()))
    go_on(bench, HOLD)
    assert bench.window.target.isVisible()


@pytest.mark.parametrize("now", CALIBRATING)
def test_monitors_death_takes_the_page_away(bench: Bench, now: CandidateView) -> None:
    bench.turn(now)
    bench.turn(state.silenced(now, Link.RESTARTING))
    assert bench.window.target.isHidden()


@pytest.mark.parametrize("now", CALIBRATING)
def test_a_monitor_that_falls_silent_gives_the_screen_back(
    qtbot: QtBot, bench: Bench, now: CandidateView
) -> None:
    bench.window._silence.setInterval(1)
    bench.turn(now)
    qtbot.waitUntil(bench.window.target.isHidden)
    go_on(bench, snapshot())
    go_on(bench, replace(CORNER, progress=0.5))
    assert bench.window.target.isHidden()


def test_silence_in_the_exam_is_said(qtbot: QtBot, bench: Bench) -> None:
    bench.window._silence.setInterval(1)
    bench.turn(calibrating(Phase.RUNNING))
    qtbot.waitUntil(bench.window.target.isHidden)
    assert bench.window.exam.toasts.texts == (
        "The calibration has come to a halt. Go on, or calibrate again.",
    )


def test_a_camera_without_pictures_is_not_taken_for_silence() -> None:
    """Without pictures monitor still speaks whenever it has waited in vain for one."""
    assert window_module.SILENCE_MS > 3 * 1000 * TAKE_TIMEOUT_S


def test_the_exam_tells_how_its_calibration_ended_and_only_once(bench: Bench) -> None:
    bench.turn(calibrating(Phase.RUNNING))
    go_on(bench, CALIBRATED)
    go_on(bench, snapshot())
    assert len(bench.window.exam.toasts.texts) == 1
    assert "measured to about 4°" in bench.window.exam.toasts.texts[0]


def test_the_ready_screen_tells_how_the_calibration_ended(bench: Bench) -> None:
    bench.turn(view(Phase.CALIBRATED, calibrated=CALIBRATED))
    assert "Where you look is measured to about 4°." in bench.texts()
    bench.turn(view(Phase.CALIBRATED))
    assert "measured" not in bench.texts()


@pytest.mark.parametrize("phase", [Phase.CALIBRATED, Phase.RUNNING])
def test_calibrating_again_is_offered_only_by_an_exam_that_offers_it(
    bench: Bench, phase: Phase
) -> None:
    screen = bench.turn(view(phase))
    again = screen.again  # type: ignore[attr-defined]
    assert again.isVisible()
    bench.turn(view(phase, notice=replace(NOTICE, calibration=False)))
    assert not again.isVisible()


def test_an_exam_without_calibration_does_not_offer_it_after_the_question_either(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.turn(view(Phase.RUNNING, notice=replace(NOTICE, calibration=False)))
    qtbot.mouseClick(bench.button("Finish exam"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(bench.button("Keep working"), Qt.MouseButton.LeftButton)
    assert not bench.window.exam.again.isVisible()


def test_the_keyboard_is_on_calibrate_again_before_and_after(qtbot: QtBot, bench: Bench) -> None:
    bench.turn(view(Phase.RUNNING))
    again = bench.button("Calibrate again")
    bench.window.activateWindow()
    again.setFocus()
    asked = state.sent(bench.sitting.view, stdio.Calibrate())
    bench.turn(asked)
    go_on(bench, CORNER)
    qtbot.waitUntil(bench.window.target.isActiveWindow)
    bench.turn(state.silenced(bench.sitting.view, Link.RESTARTING))
    qtbot.waitUntil(bench.window.isActiveWindow)
    assert QApplication.focusWidget() is again


def test_a_drifted_seat_is_a_toast_beside_the_button_it_speaks_of(bench: Bench) -> None:
    words = "You sit differently from when we calibrated. Calibrate again if you like."
    bench.turn(view(Phase.RUNNING, snapshot=snapshot()))
    go_on(bench, stdio.Toast("seat_drift", words))
    assert bench.window.exam.toasts.texts == (words,)
    assert bench.button("Calibrate again").isEnabled()


@pytest.mark.parametrize(
    ("scenario", "ends"), [("calm", "measured to about 4°"), ("unseen", "did not work out")]
)
def test_a_calibration_during_the_exam_from_its_start_to_its_end(
    qtbot: QtBot,
    fake_monitor: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    scenario: str,
    ends: str,
) -> None:
    with sitting_in(qtbot, fake_monitor(scenario), monkeypatch) as (window, sitting):
        shown = page_shown(qtbot, window, sitting)
        qtbot.waitUntil(window.target.isHidden, timeout=10_000)
        assert shown
        assert any(ends in text for text in window.exam.toasts.texts)


def test_a_monitor_that_dies_at_a_dot_gives_the_screen_back_and_can_be_asked_again(
    qtbot: QtBot, fake_monitor: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = fake_monitor("dies-at-a-dot")
    with sitting_in(qtbot, command, monkeypatch) as (window, sitting):
        page_shown(qtbot, window, sitting)
        qtbot.waitUntil(lambda: sitting.view.link is not Link.TALKING, timeout=10_000)
        assert window.target.isHidden()
        assert window.screen_shown is Stage.EXAM
        qtbot.waitUntil(lambda: sitting.view.link is Link.TALKING, timeout=10_000)
        page_shown(qtbot, window, sitting)


@contextmanager
def sitting_in(
    qtbot: QtBot, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[KioskWindow, Sitting]]:
    """A window on a monitor that is in the exam; both are gone afterwards."""
    monkeypatch.setattr(sitting_module, "TICK_MS", 10)
    monkeypatch.setattr(sitting_module, "RESTART_DELAY_MS", 1)
    data = Path(command[command.index("--data") + 1])
    data.mkdir()
    command = [*command, "--tick", "0.1"]  # slow enough for each step to be seen
    (data / "phase").write_text(Phase.RUNNING.value)
    sitting = Sitting(command, KioskOptions())
    window = KioskWindow(sitting, KioskOptions())
    qtbot.addWidget(window)
    window.show()
    sitting.start()
    qtbot.waitUntil(lambda: stage(sitting.view) is Stage.EXAM, timeout=10_000)
    yield window, sitting
    with qtbot.waitSignal(sitting.left, timeout=10_000):
        sitting.leave()
        sitting.leave()


def page_shown(qtbot: QtBot, window: KioskWindow, sitting: Sitting) -> bool:
    """Press Calibrate again and wait for the page."""
    qtbot.mouseClick(window.exam.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.target.isVisible, timeout=10_000)
    return stage(sitting.view) is Stage.EXAM
