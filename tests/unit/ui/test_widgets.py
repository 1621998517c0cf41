import base64

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from proctor_desktop.config.paths import resource
from proctor_desktop.ui import toast as toast_module
from proctor_desktop.ui.columns import Columns
from proctor_desktop.ui.icon import Icon, window_icon
from proctor_desktop.ui.info_bar import InfoBar
from proctor_desktop.ui.message_list import MessageList
from proctor_desktop.ui.mirror import Mirror
from proctor_desktop.ui.progress_ring import ProgressRing
from proctor_desktop.ui.status_strip import Fact, StatusStrip, Tone
from proctor_desktop.ui.step_line import StepLine
from proctor_desktop.ui.text import button, label
from proctor_desktop.ui.toast import MOST_AT_ONCE, Toasts
from proctor_desktop.ui.tokens import LIGHT

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

ICONS = sorted(file.stem for file in resource("assets", "icons").glob("*.svg"))


def jpeg(left: str, right: str) -> str:
    """A picture whose halves have these colours, as base64 JPEG."""
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    for x in range(64):
        for y in range(48):
            image.setPixelColor(x, y, QColor(left if x < 32 else right))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG")
    return base64.b64encode(data.data()).decode("ascii")


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_draws_something(qtbot: QtBot, name: str) -> None:
    icon = Icon(name, "text", lines=2)
    qtbot.addWidget(icon)
    icon.resize(icon.sizeHint())
    image = icon.grab().toImage()
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert len(colours) > 2


def test_the_window_icon_is_square(qtbot: QtBot) -> None:
    assert window_icon(LIGHT).size().toTuple() == (64, 64)


def test_the_camera_picture_is_a_mirror(qtbot: QtBot) -> None:
    mirror = Mirror("You", "Waiting")
    qtbot.addWidget(mirror)
    mirror.resize(200, 150)
    mirror.show_picture(jpeg("#ff0000", "#0000ff"))
    image = mirror.grab().toImage()
    assert image.pixelColor(50, 75).blue() > 200
    assert image.pixelColor(150, 75).red() > 200


def test_a_broken_picture_leaves_the_last_one_standing(qtbot: QtBot) -> None:
    mirror = Mirror("You", "Waiting")
    qtbot.addWidget(mirror)
    for broken in ("%%%", base64.b64encode(b"no jpeg").decode()):
        mirror.show_picture(broken)
        assert not mirror.has_picture
    mirror.show_picture(jpeg("red", "blue"))
    mirror.show_picture("%%%")
    assert mirror.has_picture
    mirror.show_picture("")
    assert not mirror.has_picture


@pytest.mark.parametrize(("share", "words"), [(-1.0, "0 %"), (0.456, "46 %"), (7.0, "100 %")])
def test_the_ring_says_its_share(qtbot: QtBot, share: float, words: str) -> None:
    ring = ProgressRing("Progress")
    qtbot.addWidget(ring)
    ring.show_share(share)
    assert ring.accessibleName() == f"Progress: {words}"
    assert not ring.grab().isNull()


def test_the_strip_changes_facts_in_place(qtbot: QtBot) -> None:
    strip = StatusStrip("Status")
    qtbot.addWidget(strip)
    camera = Fact("camera", "camera", "Camera", "working", Tone.GOOD)
    lost = Fact("camera", "camera", "Camera", "not available", Tone.ATTENTION)
    strip.show_facts([camera])
    strip.show_facts([lost])
    assert strip.facts == (lost,)
    names = [child.accessibleName() for child in strip.findChildren(QWidget)]
    assert "Camera: not available" in names
    assert "Camera: working" not in names


def test_toasts_go_by_themselves_and_are_never_a_crowd(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    footer = QWidget()
    column = QVBoxLayout(host)
    column.addStretch()
    column.addWidget(footer)
    host.resize(800, 600)
    toasts = Toasts(host, above=footer)
    for number in range(MOST_AT_ONCE + 1):
        toasts.show_text(f"number {number}")
    assert toasts.texts == ("number 1", "number 2", "number 3")
    monkeypatch.setattr(toast_module, "SHOWN_MS", 1)
    toasts.show_text("short")
    qtbot.waitUntil(lambda: "short" not in toasts.texts)


def test_toasts_do_not_stand_in_the_way_of_the_mouse(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    toasts = Toasts(host, above=QWidget(host))
    assert toasts.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def test_the_message_list_says_when_it_is_empty(qtbot: QtBot) -> None:
    messages = MessageList("Messages", "There are no messages.")
    qtbot.addWidget(messages)
    assert messages.list.isHidden()
    messages.show_lines(["b", "a"])
    assert messages.lines == ("b", "a")
    assert not messages.list.isHidden()


def test_the_info_bar_is_there_only_with_something_to_say(qtbot: QtBot) -> None:
    bar = InfoBar("&Understood")
    qtbot.addWidget(bar)
    assert bar.isHidden()
    bar.show_text("The camera is busy.")
    assert (bar.isHidden(), bar.accessibleName()) == (False, "The camera is busy.")
    with qtbot.waitSignal(bar.read):
        bar.close_button.click()
    bar.show_text("")
    assert bar.isHidden()


def test_the_step_line_is_brief_where_there_is_no_room(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    line = StepLine(("Notice", "Photo", "Exam"), "Step {number} of {count}: {name}")
    line.setParent(host)
    line.show_step(1)
    assert line.accessibleName() == "Step 2 of 3: Photo"
    host.show()
    shown = {}
    for width in (900, 150):
        line.resize(width, 30)
        QApplication.processEvents()
        texts = [one.text() for one in line.findChildren(type(label())) if one.isVisible()]
        shown[width] = texts
    assert shown[900] == ["\u2713 1. Notice", "2. Photo", "3. Exam"]
    assert shown[150] == ["Step 2 of 3: Photo"]


def test_columns_are_stacked_in_a_narrow_window(qtbot: QtBot) -> None:
    columns = Columns(QWidget(), QWidget())
    qtbot.addWidget(columns)
    columns.show()
    columns.resize(1000, 300)
    QApplication.processEvents()
    wide = columns.stacked
    columns.resize(200, 300)
    QApplication.processEvents()
    assert (wide, columns.stacked) == (False, True)


def test_what_others_wrote_never_becomes_markup(qtbot: QtBot) -> None:
    shown = label("<b>not bold</b>")
    qtbot.addWidget(shown)
    assert shown.textFormat() is Qt.TextFormat.PlainText


def test_a_buttons_spoken_name_has_no_mnemonic_sign(qtbot: QtBot) -> None:
    made = button("&Start again")
    qtbot.addWidget(made)
    assert made.accessibleName() == "Start again"
