from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.observation import CameraOpened, Health
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.sources import camera as camera_module
from proctor_desktop.sources.camera import Camera
from proctor_desktop.sources.slot import Slot
from tests.fakes.capture import ClosedCapture, HungCapture, ScriptedCapture
from tests.fakes.manual_clock import ManualClock
from tests.fakes.media import shade, write_video
from tests.fakes.reports import Reports

Picture = Frame[NDArray[np.uint8]]


class Kept(Slot[Picture]):
    """A slot that also keeps all that was put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[Picture] = []

    def put(self, item: Picture) -> None:
        self.frames.append(item)
        super().put(item)


class Device:
    """A camera whose every opening follows the next script; after the last script, silence."""

    def __init__(self, *scripts: Iterator[bool]) -> None:
        self.clock = ManualClock()
        self.slot = Kept()
        self.reports = Reports()
        self.over = threading.Event()
        self.names = iter(["Integrated Camera", "OBS Virtual Camera"])
        last = len(scripts) - 1
        self._captures = iter(
            [
                ScriptedCapture(self.clock, s, self.over if n == last else threading.Event())
                for n, s in enumerate(scripts)
            ]
        )
        self.camera = Camera(
            0,
            self.slot,
            self.clock,
            self.reports,
            self.reports.crashed,
            open_capture=lambda _: next(self._captures, ClosedCapture()),
            name_of=lambda _: next(self.names, ""),
        )

    def run(self) -> None:
        self.camera.open()
        self.camera.start()
        assert self.over.wait(20), self.reports.all
        assert self.camera.stop()
        assert not self.reports.crashes


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "_RETRY_S", 0.001)
    monkeypatch.setattr(camera_module, "_FAILED_GRAB_PAUSE_S", 0.0)
    monkeypatch.setattr(camera_module, "_GUARD_S", 0.001)


def test_of_thirty_pictures_a_second_eight_are_delivered_fresh() -> None:
    device = Device(itertools.repeat(True, 301))
    device.run()

    frames = device.slot.frames
    assert abs(len(frames) - 80) <= 2
    assert [frame.number for frame in frames] == list(range(1, len(frames) + 1))
    steps = [b.moment.since_s(a.moment) for a, b in itertools.pairwise(frames)]
    assert all(0.09 < step < 0.17 for step in steps)
    assert device.slot.closed


def test_pictures_that_nobody_took_are_counted_and_told() -> None:
    device = Device(itertools.repeat(True, 330))
    device.run()
    assert sum(one.skipped for one in device.reports.all if hasattr(one, "skipped")) >= 70


def test_one_failed_grab_is_nothing() -> None:
    device = Device(itertools.chain([True] * 30, [False] * 5, [True] * 30))
    device.run()
    assert device.reports.states[0] == (Health.OK, "pictures come in")
    assert Health.LOST not in [state for state, _ in device.reports.states]


def test_a_device_that_vanishes_is_lost_and_found_again_with_the_gap_told() -> None:
    device = Device(
        itertools.chain([True] * 20, [False] * 200),
        itertools.repeat(True, 30),
    )
    device.run()

    assert [state for state, _ in device.reports.states] == [Health.OK, Health.LOST, Health.OK]
    assert len(device.reports.gaps) == 1


def test_a_device_that_stays_away_leaves_a_gap_at_the_end() -> None:
    device = Device(itertools.chain([True] * 20, [False] * 200))
    device.camera.open()
    device.camera.start()
    device.reports.wait_until(lambda: Health.LOST in [s for s, _ in device.reports.states])
    assert device.camera.stop()

    assert len(device.reports.gaps) == 1


def test_a_busy_or_missing_device_is_refused_at_opening() -> None:
    with pytest.raises(EnvironmentProblem):
        Device().camera.open()


def test_a_file_is_played_to_its_end(tmp_path: Path) -> None:
    slot, reports, ended = Kept(), Reports(), threading.Event()
    path = write_video(tmp_path / "v.mp4", [n / 30 for n in range(15)])
    camera = Camera(path, slot, SystemClock(), reports, reports.crashed, on_end=ended.set)
    camera.open()
    camera.start()
    assert ended.wait(20)
    assert camera.stop()

    shades = [shade(frame.image) for frame in slot.frames]
    assert shades[0] == 0
    assert shades[-1] == 14
    assert shades == sorted(shades)
    assert reports.states == [(Health.OK, "pictures come in"), (Health.LOST, "the file ended")]
    assert not reports.gaps
    assert slot.closed


def test_a_camera_that_was_opened_but_never_started_lets_go() -> None:
    capture = ScriptedCapture(ManualClock(), itertools.repeat(True), threading.Event())
    reports = Reports()
    camera = Camera(
        0, Slot(), ManualClock(), reports, reports.crashed, open_capture=lambda _: capture
    )
    camera.open()
    assert camera.stop()
    assert capture.released


def test_a_camera_tells_its_name_once_for_each_opening() -> None:
    device = Device(itertools.repeat(True, 60))
    device.run()
    assert device.reports.of(CameraOpened) == [CameraOpened("Integrated Camera", virtual=False)]
    assert isinstance(device.reports.all[0], CameraOpened)


def test_another_camera_after_an_outage_shows_by_its_name() -> None:
    device = Device(itertools.chain([True] * 20, [False] * 200), itertools.repeat(True, 30))
    device.run()
    assert device.reports.of(CameraOpened) == [
        CameraOpened("Integrated Camera", virtual=False),
        CameraOpened("OBS Virtual Camera", virtual=True),
    ]


def test_a_file_is_a_camera_by_the_name_of_video_file(tmp_path: Path) -> None:
    reports, ended = Reports(), threading.Event()
    path = write_video(tmp_path / "OBS Virtual Camera.mp4", [0.0])
    camera = Camera(path, Slot(), SystemClock(), reports, reports.crashed, on_end=ended.set)
    camera.open()
    camera.start()
    assert ended.wait(20)
    assert camera.stop()
    assert reports.of(CameraOpened) == [CameraOpened("video file", virtual=False)]


def test_a_vanished_device_is_lost_within_three_seconds_of_its_last_picture() -> None:
    device = Device(itertools.chain([True] * 60, [False] * 200))
    device.camera.open()
    device.camera.start()
    device.reports.wait_until(lambda: Health.LOST in [s for s, _ in device.reports.states])
    assert device.camera.stop()
    lost = next(
        m
        for m, o in zip(device.reports.moments, device.reports.all, strict=True)
        if getattr(o, "state", None) is Health.LOST
    )
    assert 0 < lost.since_s(device.slot.frames[-1].moment) <= 3


def test_a_driver_that_never_returns_is_lost_and_its_return_is_told() -> None:
    clock, reports, slot, over = ManualClock(), Reports(), Kept(), threading.Event()
    capture = HungCapture(clock, 30, over)
    camera = Camera(0, slot, clock, reports, reports.crashed, open_capture=lambda _: capture)
    camera.open()
    camera.start()
    assert capture.hangs.wait(20)
    clock.advance(1.9)
    assert Health.LOST not in [state for state, _ in reports.states]
    clock.advance(0.2)
    reports.wait_until(
        lambda: (Health.LOST, "the camera's driver does not answer") in reports.states
    )

    capture.let_go.set()
    assert over.wait(20)
    assert camera.stop()
    assert [state for state, _ in reports.states] == [Health.OK, Health.LOST, Health.OK]
    assert len(reports.gaps) == 1


def test_a_driver_that_still_hangs_at_the_end_leaves_a_gap() -> None:
    clock, reports = ManualClock(), Reports()
    capture = HungCapture(clock, 30, threading.Event())
    camera = Camera(0, Slot(), clock, reports, reports.crashed, open_capture=lambda _: capture)
    camera.open()
    camera.start()
    assert capture.hangs.wait(20)
    clock.advance(2.5)
    reports.wait_until(lambda: Health.LOST in [state for state, _ in reports.states])
    assert not camera.stop(timeout_s=0.01)
    assert len(reports.gaps) == 1
    capture.let_go.set()
    assert camera.stop()
