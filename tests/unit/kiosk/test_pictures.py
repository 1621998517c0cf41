from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk import pictures, state
from proctor_desktop.kiosk.options import KioskOptions
from proctor_desktop.kiosk.pictures import Pictures, scene
from proctor_desktop.kiosk.sitting import Sitting
from proctor_desktop.kiosk.state import CandidateView
from tests.fakes.kiosk_views import ENDED, view


def test_a_scene_is_a_new_screen_a_message_or_the_end() -> None:
    running = view(Phase.RUNNING)
    told = state.told(running, "a", "A", 0.0)
    assert scene(CandidateView(), running) == "exam"
    assert scene(running, told) == "message"
    assert scene(told, state.told(told, "a", "A", 1.0)) == ""
    assert scene(view(Phase.CLOSED), view(Phase.CLOSED, ended=ENDED)) == "ended"


def test_each_scene_becomes_a_numbered_picture(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "SETTLE_MS", 0)
    sitting = Sitting(["x"], KioskOptions())
    window = QWidget()
    qtbot.addWidget(window)
    Pictures(window, sitting, tmp_path / "shots")
    sitting.changed.emit(CandidateView(), view(Phase.OPENED))
    sitting.changed.emit(view(Phase.OPENED), view(Phase.CONSENTED))
    expected = {"01-notice.png", "02-photo.png"}
    qtbot.waitUntil(lambda: {f.name for f in (tmp_path / "shots").iterdir()} == expected)


def test_a_folder_that_cannot_be_made_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    window = QWidget()
    qtbot.addWidget(window)
    with pytest.raises(EnvironmentProblem, match="cannot be made"):
        Pictures(window, Sitting(["x"], KioskOptions()), tmp_path / "file" / "shots")
