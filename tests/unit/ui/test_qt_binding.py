import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

CALLS = 500
NOISE = 50


class Speaker(QObject):
    said = Signal(object)


def test_calls_into_qt_lose_no_reference_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 loses one a call, and ends the process after some thousand."""
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        widget.setEnabled(False)
    assert sys.getrefcount(None) > before - NOISE


def test_signals_lose_no_reference_to_what_they_carry(qtbot: QtBot) -> None:
    speaker = Speaker()
    speaker.said.connect(lambda _value: None)
    before = sys.getrefcount(True)
    for _ in range(CALLS):
        speaker.said.emit(True)
    assert sys.getrefcount(True) > before - NOISE
