"""The sources and what analyses them, joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.event import Event
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.observation import Health, Source, SourceHealth
from proctor_desktop.core.policy import Recording
from proctor_desktop.hosts.session_kind import SessionKind
from proctor_desktop.monitor import inbox as items
from proctor_desktop.monitor import stages as module
from proctor_desktop.monitor.inbox import Inbox
from proctor_desktop.monitor.recent_frames import Picture, RecentFrames
from proctor_desktop.monitor.stages import StageOptions, Stages
from proctor_desktop.monitor.stop_request import StopRequest
from tests.fakes.manual_clock import ManualClock
from tests.playbook import moment

DEVICES = ("Camera", "VisionWorker", "Microphone", "FocusWatcher", "Segmenter", "ScreenGrabber")


class Device:
    """A stage that only notes what it is asked to do; what it was made with is kept."""

    def __init__(self, name: str, log: list[str], made_with: tuple[Any, ...], more: Any) -> None:
        self.name, self._log = name, log
        self.made_with, self.more = made_with, more

    def open(self) -> None:
        self._log.append(f"open {self.name}")

    def start(self) -> None:
        self._log.append(f"start {self.name}")

    def stop(self, timeout_s: float = 5.0) -> bool:
        self._log.append(f"stop {self.name}")
        return True

    def close(self) -> None:
        self._log.append(f"close {self.name}")

    def put(self, item: object) -> None:
        self._log.append(f"put {self.name}")


@dataclass
class Host:
    """A machine of some kind."""

    session: SessionKind = SessionKind.X11

    def open_focus_probe(self) -> None:
        raise AssertionError("no device is real here")


@dataclass
class Rig:
    """Stages on devices that note what happens to them."""

    log: list[str] = field(default_factory=list)
    made: dict[str, Device] = field(default_factory=dict)
    inbox: Inbox = field(default_factory=Inbox)
    frames: RecentFrames = field(default_factory=RecentFrames)
    stop: StopRequest = field(default_factory=StopRequest)
    shown: list[Picture] = field(default_factory=list)

    def stages(self, session: SessionKind = SessionKind.X11, **options: Any) -> Stages:
        return Stages(
            StageOptions(**{"camera": 0, "microphone": "default", **options}),
            Host(session),  # type: ignore[arg-type]
            Recording(),
            Path("landmarker.task"),
            ManualClock(),
            self.inbox,
            self.frames,
            self.stop,
            self.shown.append,
        )

    def report(self, stages: Stages, observation: SourceHealth) -> None:
        stages._report(moment(1), observation)

    def events(self) -> Iterator[items.Item]:
        while (item := self.inbox.get(0)) is not None:
            yield item


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    made = Rig()

    def maker(name: str) -> Callable[..., Device]:
        def make(*args: Any, **more: Any) -> Device:
            made.made[name] = Device(name, made.log, args, more)
            return made.made[name]

        return make

    for name in DEVICES:
        monkeypatch.setattr(module, name, maker(name))
    monkeypatch.setattr(module, "open_screen", lambda _: Device("screen", made.log, (), {}))
    return made


def test_every_device_is_reached_before_anything_is_recorded(rig: Rig) -> None:
    rig.stages().open()
    assert rig.log == [
        "open Camera",
        "open Microphone",
        "open FocusWatcher",
        "close screen",
    ]


def test_stages_start_and_stop_from_left_to_right(rig: Rig, tmp_path: Path) -> None:
    stages = rig.stages()
    stages.start(tmp_path)
    started = [line for line in rig.log if line.startswith("start")]
    assert started[:4] == [
        "start Camera",
        "start VisionWorker",
        "start Microphone",
        "start FocusWatcher",
    ]
    assert set(started[4:]) == {"start Segmenter", "start ScreenGrabber"}
    rig.log.clear()
    stages.stop()
    stages.stop()
    assert rig.log == [
        "stop Camera",
        "stop VisionWorker",
        "stop Microphone",
        "stop FocusWatcher",
        "stop ScreenGrabber",
        "stop Segmenter",
    ]


def test_what_is_switched_off_is_said_to_be(rig: Rig, tmp_path: Path) -> None:
    rig.stages(microphone=None, desktop=False).start(tmp_path)
    assert "start Microphone" not in rig.log
    told = [item.what for item in rig.events() if isinstance(item, Event)]
    assert [(h.source, h.state) for h in told if isinstance(h, SourceHealth)] == [
        (Source.MICROPHONE, Health.LOST),
        (Source.FOCUS, Health.LOST),
        (Source.SCREEN, Health.LOST),
    ]


def test_a_desktop_that_nobody_can_watch_needs_to_be_left_out_in_words(rig: Rig) -> None:
    with pytest.raises(EnvironmentProblem, match="--no-desktop"):
        rig.stages(SessionKind.HEADLESS).open()
    rig.stages(SessionKind.HEADLESS, desktop=False).open()


def test_after_the_camera_is_lost_no_old_picture_stands_in(rig: Rig) -> None:
    stages = rig.stages()
    rig.frames.add(Frame(1, moment(0), np.zeros((1, 1, 3), np.uint8)))
    rig.report(stages, SourceHealth(Source.CAMERA, Health.DEGRADED, "slow"))
    assert rig.frames.find(None) is not None
    rig.report(stages, SourceHealth(Source.CAMERA, Health.LOST, "unplugged"))
    assert rig.frames.find(None) is None
    assert len(list(rig.events())) == 2


def test_the_end_of_a_camera_recording_ends_the_session(rig: Rig) -> None:
    rig.stages()
    rig.made["Camera"].more["on_end"]()
    assert rig.stop.reason == "the camera recording is over"


def test_a_stage_that_dies_is_told_by_name(rig: Rig) -> None:
    stages = rig.stages()
    stages._crash("vision")(ZeroDivisionError())
    (item,) = rig.events()
    assert isinstance(item, items.StageCrashed)
    assert item.stage == "vision"


def test_an_analysed_picture_is_remembered_and_shown(rig: Rig) -> None:
    stages = rig.stages()
    frame = Frame(4, moment(0), np.zeros((1, 1, 3), np.uint8))
    stages._seen(frame, None)  # type: ignore[arg-type]
    assert rig.frames.find(4) is frame
    assert rig.shown == [frame]
