from __future__ import annotations

import threading
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.doctor import devices
from proctor_desktop.sources.sound_inputs import SoundInputs
from tests.fakes.capture import ClosedCapture, ScriptedCapture
from tests.fakes.manual_clock import ManualClock

INPUTS = SoundInputs(("Built-in", "Headset"), "Headset")


class Stream:
    active = True

    def __init__(self) -> None:
        self.closed = False

    def abort(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class UndecodableCapture(ScriptedCapture):
    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        return False, np.zeros((0, 0, 3), np.uint8)


class Screen:
    def __init__(self) -> None:
        self.closed = False

    def shoot(self) -> NDArray[np.uint8]:
        return np.zeros((1080, 3840, 4), np.uint8)

    def close(self) -> None:
        self.closed = True


def _capture(kind: type[ScriptedCapture] = ScriptedCapture) -> ScriptedCapture:
    return kind(ManualClock(), repeat(True), threading.Event())


def test_a_camera_is_tried_released_and_listed_by_name(tmp_path: Path) -> None:
    for name in ("video10", "video0", "video2"):
        (tmp_path / name).touch()
    (tmp_path / "names" / "video0").mkdir(parents=True)
    (tmp_path / "names" / "video0" / "name").write_text("Built-in webcam\n")
    capture = _capture()
    found = devices.camera(lambda _: capture, tmp_path, tmp_path / "names")
    assert capture.released
    assert "Camera 0 gives pictures" in found.reason
    listed = [f"{tmp_path}/video0 (Built-in webcam)", f"{tmp_path}/video2", f"{tmp_path}/video10"]
    assert ", ".join(listed) in found.reason


def test_a_camera_that_does_not_open_is_a_problem() -> None:
    with pytest.raises(EnvironmentProblem, match="camera 0"):
        devices.camera(lambda _: ClosedCapture())


def test_a_camera_whose_pictures_cannot_be_decoded_is_a_problem_and_released() -> None:
    capture = _capture(UndecodableCapture)
    with pytest.raises(EnvironmentProblem, match="cannot be decoded"):
        devices.camera(lambda _: capture)
    assert capture.released


def test_a_microphone_that_is_heard_works_and_is_let_go() -> None:
    stream = Stream()

    def opened(_device: str, heard: Any) -> tuple[Stream, int]:
        heard(np.zeros((1600, 1), np.float32), 1600, None, None)
        return stream, 48_000

    found = devices.microphone(opened, lambda: INPUTS)
    assert stream.closed
    assert "Headset, gives sound at 48000 Hz" in found.reason
    assert "Built-in, Headset" in found.reason


def test_a_microphone_that_opens_and_stays_mute_is_a_problem() -> None:
    stream = Stream()
    with pytest.raises(EnvironmentProblem, match="gives no sound"):
        devices.microphone(lambda *_: (stream, 16_000), lambda: INPUTS, patience_s=0.0)
    assert stream.closed


def test_a_picture_of_the_screen_is_taken_and_the_display_let_go() -> None:
    shooter = Screen()
    assert "3840 x 1080" in devices.screen(lambda: shooter).reason
    assert shooter.closed
