from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from proctor_desktop.ui import gaze_target
from proctor_desktop.ui.gaze_target import GazeTarget
from proctor_desktop.ui.theme import Scheme, Theme, unit
from proctor_desktop.ui.tokens import DARK, LIGHT, SHAPE_CONTRAST, contrast

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

CORNERS = [(0.04, 0.04), (0.96, 0.04), (0.96, 0.96), (0.04, 0.96)]
CHECKS = [(0.5, 0.5), (0.2, 0.4), (0.8, 0.6)]
LONGEST = "We get no picture from your camera"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaze_target, "ARRIVAL_MS", 0)


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    """A shown window with a button that has the focus."""
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    again = QPushButton("Calibrate again")
    column.addWidget(again)
    column.addWidget(QPushButton("Finish"))
    window.show()
    window.activateWindow()
    again.setFocus()
    return window


@pytest.fixture
def page(owner: QWidget) -> GazeTarget:
    return GazeTarget(owner, "Calibration", "&Stop (Esc)", "Progress")


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application, undressed again afterwards."""
    font, palette = qapp.font(), qapp.palette()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setFont(font)
    qapp.setPalette(palette)


def dot_box(page: GazeTarget) -> QRectF:
    """Where the dot is drawn, with room round it."""
    assert page.dot is not None
    room = float(unit(page) * 2)
    return QRectF(page.dot - QPointF(room, room), page.dot + QPointF(room, room))


def test_the_page_covers_the_whole_screen_and_not_only_what_the_desktop_leaves(
    page: GazeTarget,
) -> None:
    page.show_step("Look at the dot", 0.5, (0.04, 0.04))
    assert page.isFullScreen()
    assert page.geometry() == page.screen().geometry()
    assert page.windowFlags() & Qt.WindowType.FramelessWindowHint
    assert page.windowFlags() & Qt.WindowType.WindowStaysOnTopHint


@pytest.mark.parametrize("at", CORNERS + CHECKS)
def test_the_dot_is_drawn_where_monitor_measures_it(
    page: GazeTarget, at: tuple[float, float]
) -> None:
    page.show_step("Look at the dot", 0.5, at)
    image = page.grab().toImage()
    ground = image.pixelColor(3, 3)
    dot = QPoint(round(at[0] * page.width()), round(at[1] * page.height()))
    assert image.pixelColor(dot + QPoint(6, 0)) != ground
    assert image.pixelColor(dot) != image.pixelColor(dot + QPoint(6, 0))


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("size", [(1366, 768), (1024, 700)])
def test_no_words_or_buttons_lie_under_any_dot(
    page: GazeTarget, dressed: QApplication, scale: float, size: tuple[int, int]
) -> None:
    Theme(Scheme.LIGHT, scale).apply(dressed)
    page.show_step(LONGEST, 0.5, None)
    page.setWindowState(Qt.WindowState.WindowNoState)
    page.resize(*size)
    for at in CORNERS + CHECKS:
        page.show_step(LONGEST, 0.5, at)
        for part in (page.said, page.bar, page.stop):
            assert part.isVisible()
            assert not dot_box(page).intersects(QRectF(part.geometry())), (at, part)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_words_fit_at_any_text_size(
    page: GazeTarget, dressed: QApplication, scale: float
) -> None:
    Theme(Scheme.DARK, scale).apply(dressed)
    page.show_step(LONGEST, 0.5, (0.04, 0.04))
    page.setWindowState(Qt.WindowState.WindowNoState)
    page.resize(1024, 700)
    assert page.said.heightForWidth(page.said.width()) <= page.said.height()
    assert page.stop.width() >= page.stop.sizeHint().width()


def test_only_the_dot_moves(page: GazeTarget) -> None:
    """What appeared, vanished or jumped in the middle would draw the eyes off the dot."""
    places = set()
    for at in CORNERS + CHECKS:
        page.show_step("Look at the dot", 0.5, at)
        parts = (page.said, page.bar, page.stop)
        places.add(tuple((one.isVisible(), one.geometry().getRect()) for one in parts))
    assert len(places) == 1


def test_a_dot_arrives_large_once_and_then_keeps_still(
    qtbot: QtBot, page: GazeTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    def coloured() -> int:
        image = page.grab().toImage()
        row = round(0.4 * page.height())
        ground = image.pixel(2, 2)
        return sum(image.pixel(x, row) != ground for x in range(round(0.25 * page.width())))

    page.show_step("Look at the dot", 0.8, (0.2, 0.4))
    QApplication.processEvents()
    settled = coloured()
    page._arrival.setDuration(60_000)
    page.show_step("Look at the dot", 0.8, (0.5, 0.5))
    page.show_step("Look at the dot", 0.8, (0.2, 0.4))
    assert coloured() > 2 * settled
    page._arrival.setCurrentTime(60_000)
    page.show_step("Look at the dot", 0.8, (0.2, 0.4))
    assert coloured() == settled


def test_an_arriving_dot_in_a_corner_stays_round(page: GazeTarget) -> None:
    page._arrival.setDuration(60_000)
    page.show_step("Look at the dot", 0.5, (0.01, 0.01))
    dot = page.dot
    assert dot is not None
    settled = page._radius(QPointF(page.rect().center()))
    assert page._radius(dot) <= max(dot.x(), dot.y(), settled)


def test_without_a_dot_there_are_words_and_progress(page: GazeTarget) -> None:
    page.show_step("Please hold still and look at the screen", 0.4, None)
    assert page.dot is None
    assert page.said.text() == "Please hold still and look at the screen"
    assert page.bar.value() == 40


def test_escape_the_button_and_closing_the_page_are_ways_out(
    qtbot: QtBot, page: GazeTarget
) -> None:
    page.show_step("Look at the dot", 0.5, (0.04, 0.04))
    with qtbot.waitSignal(page.stopped):
        qtbot.keyClick(page, Qt.Key.Key_Escape)
    with qtbot.waitSignal(page.stopped):
        qtbot.keyClick(page.stop, Qt.Key.Key_Escape)
    with qtbot.waitSignal(page.stopped):
        qtbot.mouseClick(page.stop, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.stopped):
        page.close()


def test_a_key_still_held_from_the_press_that_began_it_does_not_end_it(
    qtbot: QtBot, page: GazeTarget
) -> None:
    page.show_step("Look at the dot", 0.5, (0.04, 0.04))
    qtbot.waitUntil(page.hasFocus)
    with qtbot.assertNotEmitted(page.stopped):
        for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
            qtbot.keyClick(QApplication.focusWidget(), key)
    qtbot.keyClick(page, Qt.Key.Key_Tab)
    assert page.stop.hasFocus()


def test_nothing_below_the_page_can_be_pressed(page: GazeTarget) -> None:
    page.show_step("Look at the dot", 0.5, (0.04, 0.04))
    assert QApplication.activeModalWidget() is page


def test_the_keyboard_is_back_where_it_was(qtbot: QtBot, owner: QWidget, page: GazeTarget) -> None:
    before = owner.focusWidget()
    page.show_step("Look at the dot", 0.5, (0.04, 0.04))
    qtbot.waitUntil(page.isActiveWindow)
    page.uncover()
    assert page.isHidden()
    qtbot.waitUntil(owner.isActiveWindow)
    assert QApplication.focusWidget() is before


def test_a_screen_reader_learns_what_to_do_and_how_to_stop(page: GazeTarget) -> None:
    page.show_step("Look at the dot in the corner", 0.5, (0.04, 0.04))
    face = QAccessible.queryAccessibleInterface(page)
    assert face.text(QAccessible.Text.Name) == "Calibration"
    assert face.text(QAccessible.Text.Description) == "Look at the dot in the corner. Stop (Esc)"
    assert QAccessible.queryAccessibleInterface(page.bar).text(QAccessible.Text.Name) == "Progress"


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_the_dot_stands_out_from_the_page_and_its_centre_from_the_dot(tokens: object) -> None:
    assert contrast(tokens.accent, tokens.window) >= SHAPE_CONTRAST  # type: ignore[attr-defined]
    assert contrast(tokens.accent, tokens.on_accent) >= SHAPE_CONTRAST  # type: ignore[attr-defined]


@pytest.mark.parametrize(("scheme", "tokens"), [(Scheme.LIGHT, LIGHT), (Scheme.DARK, DARK)])
def test_the_page_has_the_colours_of_the_rest(
    page: GazeTarget, dressed: QApplication, scheme: Scheme, tokens: object
) -> None:
    Theme(scheme).apply(dressed)
    page.show_step("Look at the dot", 0.5, (0.5, 0.5))
    assert page.grab().toImage().pixelColor(3, 3) == QColor(tokens.window)  # type: ignore[attr-defined]
