from __future__ import annotations

import os
import subprocess
import sys

import pytest

from proctor_desktop.hosts.opencv import importing_opencv

SILENT = "0"
LOG_LEVEL = "import {part}, cv2; print(cv2.utils.logging.getLogLevel())"


def test_opencv_is_told_to_be_silent_before_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENCV_LOG_LEVEL", raising=False)
    with importing_opencv():
        assert os.environ["OPENCV_LOG_LEVEL"] == "SILENT"


def test_whoever_wants_to_hear_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCV_LOG_LEVEL", "DEBUG")
    with importing_opencv():
        assert os.environ["OPENCV_LOG_LEVEL"] == "DEBUG"


def test_its_qt_is_forgotten_once_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    with importing_opencv():
        monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", "/x/site-packages/cv2/qt/plugins")
    assert "QT_QPA_PLATFORM_PLUGIN_PATH" not in os.environ


def test_in_the_monitor_it_is_silent() -> None:
    """The library itself is asked: it has read its setting by then."""
    environ = {name: value for name, value in os.environ.items() if name != "OPENCV_LOG_LEVEL"}
    asked = [sys.executable, "-c", LOG_LEVEL.format(part="proctor_desktop.app")]
    told = subprocess.run(asked, capture_output=True, text=True, check=True, env=environ)
    assert told.stdout.strip() == SILENT
