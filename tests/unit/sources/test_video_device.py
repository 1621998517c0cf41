from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.sources.video_device import as_picture, open_device, why_not
from tests.fakes.capture import ClosedCapture, ScriptedCapture
from tests.fakes.manual_clock import ManualClock


@pytest.mark.parametrize("shape", [(480, 640), (480, 640, 1), (480, 640, 3), (480, 640, 4)])
def test_grey_and_odd_pictures_become_rgb(shape: tuple[int, ...]) -> None:
    picture = as_picture(np.full(shape, 90, np.uint8))
    assert picture.shape == (480, 640, 3)
    assert np.all(picture == 90)


def test_blue_and_red_are_where_rgb_has_them() -> None:
    blue_in_bgr = np.zeros((480, 640, 3), np.uint8)
    blue_in_bgr[..., 0] = 255
    assert as_picture(blue_in_bgr)[0, 0].tolist() == [0, 0, 255]


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_larger_picture_is_scaled_and_padded(channels: int) -> None:
    picture = as_picture(np.full((720, 1280, channels), 90, np.uint8))
    assert picture.shape == (480, 640, 3)
    assert np.all(picture[60:420] == 90)
    assert not picture[:60].any()
    assert not picture[420:].any()


def test_a_camera_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "video2").touch()

    problem = why_not(0, "linux", tmp_path)

    assert f"there is no {tmp_path / 'video0'}" in problem.why
    assert "video2" in problem.why
    assert problem.remedy


def test_a_camera_that_opens_but_gives_nothing_may_be_in_use(tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    assert "another program" in why_not(0, "linux", tmp_path).why


@pytest.mark.parametrize(
    ("problem", "word"),
    [
        (PermissionError(13, "Permission denied"), "may not use"),
        (OSError(16, "Device or resource busy"), "another program is using"),
        (OSError(19, "No such device"), "No such device"),
    ],
)
def test_what_the_system_refuses_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: OSError, word: str
) -> None:
    (tmp_path / "video0").touch()

    def refuse(*_: object) -> int:
        raise problem

    monkeypatch.setattr(os, "open", refuse)
    assert word in why_not(0, "linux", tmp_path).why


def test_elsewhere_the_privacy_settings_are_named() -> None:
    assert "privacy" in why_not(0, "darwin").remedy


def test_a_camera_without_a_first_picture_is_let_go_and_told() -> None:
    mute = ScriptedCapture(ManualClock(), iter([False]), threading.Event())
    with pytest.raises(EnvironmentProblem, match="camera 7"):
        open_device(7, lambda _: mute)
    assert mute.released


def test_a_camera_that_does_not_open_is_told() -> None:
    with pytest.raises(EnvironmentProblem, match="camera 3"):
        open_device(3, lambda _: ClosedCapture())


def test_loading_opencv_leaves_qt_alone() -> None:
    assert "cv2" not in os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH", "")
    assert "cv2" not in os.environ.get("QT_QPA_FONTDIR", "")
