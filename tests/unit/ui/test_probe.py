from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtGui import QColor, QImage

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.ui.probe import qt_version, shows_both_colours

_PAINT = "from proctor_desktop.ui.probe import paints; print(paints())"


def _paint(**env: str) -> str:
    environ = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "QT_QPA_PLATFORM")}
    answer = subprocess.run(
        [sys.executable, "-c", _PAINT],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**environ, **env},
    )
    return answer.stdout.strip() or answer.stderr


def test_a_window_paints_without_a_display() -> None:
    assert _paint() == "True"


def test_the_qt_folder_that_opencv_leaves_in_the_environment_does_no_harm() -> None:
    assert _paint(QT_QPA_PLATFORM_PLUGIN_PATH="/nowhere/cv2/qt/plugins") == "True"


@pytest.mark.parametrize("colour", ["black", "#1e5aa8"])
def test_a_window_that_was_not_painted_is_told_from_one_that_was(colour: str) -> None:
    picture = QImage(160, 90, QImage.Format.Format_ARGB32)
    picture.fill(QColor(colour))
    assert not shows_both_colours(picture)
    assert not shows_both_colours(QImage())


def test_the_version_of_qt_is_told() -> None:
    assert qt_version().startswith("6.")


def test_a_qt_that_does_not_load_is_a_problem_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "PySide6", None)
    with pytest.raises(EnvironmentProblem, match="cannot be loaded") as caught:
        qt_version()
    assert "libegl1" in caught.value.remedy
