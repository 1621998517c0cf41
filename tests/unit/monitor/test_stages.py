"""The sources and what analyses them, joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from proctor_desktop.core.disk_budget import SAVINGS, Level
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.event import Event
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import (
    HeadPose,
    Health,
    LivenessChecked,
    ObjectsSeen,
    Observation,
    SoundLevel,
    Source,
    SourceHealth,
)
from proctor_desktop.core.policy import MultipleFaces, Policy, Recording, Rules
from proctor_desktop.hosts.session_kind import SessionKind
from proctor_desktop.monitor import inbox as items
from proctor_desktop.monitor import stages as module
from proctor_desktop.monitor.analysers import Analysers
from proctor_desktop.monitor.footage import CameraFootage, Rings, rings
from proctor_desktop.monitor.inbox import Inbox
from proctor_desktop.monitor.recent_frames import Picture, RecentFrames
from proctor_desktop.monitor.stages import StageOptions, Stages
from proctor_desktop.monitor.stop_request import StopRequest
from proctor_desktop.recording import still
from proctor_desktop.vision.analysis import Analysis
from proctor_desktop.vision.calibration import CalibrationOutcome, CalibrationProgress
from proctor_desktop.vision.models import ModelFiles
from proctor_desktop.wire.seal import Recipients
from tests.fakes.manual_clock import ManualClock
from tests.playbook import faces, moment

DEVICES = (
    "Camera",
    "Hearing",
    "VisionWorker",
    "Microphone",
    "FocusWatcher",
    "Segmenter",
    "ScreenGrabber",
)
NOWHERE = Path("nowhere")
NOBODY = Recipients("")
MODELS = Analysers(ModelFiles(NOWHERE / "landmarker.task", NOWHERE / "far.tflite"), speech=None)
CALM = np.zeros(1600, np.float32)


class Device:
    """A stage that only notes what it is asked to do; what it was made with is kept."""

    def __init__(self, name: str, log: list[str], made_with: tuple[Any, ...], more: Any) -> None:
        self.name, self._log = name, log
        self.made_with, self.more = made_with, more
        self.room_dbfs: float | None = -58.0

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

    def unchanged(self, moment: Moment) -> None:
        self._log.append(f"unchanged {self.name}")

    def limit(self, frames_per_s: float | None, on_behalf_of: str = "") -> None:
        self._log.append(f"limit {self.name} {frames_per_s} {on_behalf_of}")

    def measure_room(self) -> None:
        self._log.append("measure the room")

    def hear(self, samples: np.ndarray) -> tuple[SoundLevel, ...]:
        return (SoundLevel(-40.0, -50.0, active=True, span_s=0.5),)

    def calibrate(self, on_step: Any, on_done: Any, gaze: bool) -> None:
        self._log.append(f"calibrate, gaze: {gaze}")
        on_step(CalibrationProgress(0.5, "hold still"))
        on_done(CalibrationOutcome(None, "nobody there"))

    def remember(self, image: np.ndarray) -> None:
        self._log.append(f"remember {int(image.max())}")


@dataclass
class Host:
    """A machine of some kind."""

    session: SessionKind = SessionKind.X11

    def open_focus_probe(self) -> None:
        raise AssertionError("no device is real here")

    def open_screen_changes(self) -> None:
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
    rings: Rings = field(default_factory=Rings)

    def stages(
        self,
        session: SessionKind = SessionKind.X11,
        recording: Recording | None = None,
        rules: Rules | None = None,
        **options: Any,
    ) -> Stages:
        recording = recording or Recording()
        self.rings = rings(recording)
        return Stages(
            StageOptions(**{"camera": 0, "microphone": "default", **options}),
            Host(session),  # type: ignore[arg-type]
            Policy(recording=recording, rules=rules or Rules()),
            MODELS,
            self.rings,
            ManualClock(),
            self.inbox,
            self.frames,
            self.stop,
            self.shown.append,
        )

    def observed(self) -> list[tuple[Moment, object]]:
        """What has come into the inbox as observations."""
        return [(item.moment, item.what) for item in self.events() if isinstance(item, Event)]

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
    stages.start(tmp_path, NOBODY)
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
    rig.stages(microphone=None, desktop=False).start(tmp_path, NOBODY)
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


def analysis(number: int, *seen: Observation) -> Analysis:
    return Analysis(number, moment(number), seen, 1.0)


def camera_picture(number: int) -> Picture:
    return Frame(number, moment(number), np.full((480, 640, 3), number, np.uint8))


def test_every_observation_of_a_picture_goes_in_with_the_pictures_moment(rig: Rig) -> None:
    stages = rig.stages()
    seen = (faces(4, 1), ObjectsSeen(4, ()), LivenessChecked(4, 0.9))
    stages._analysed(analysis(4, *seen))
    assert rig.observed() == [(moment(4), one) for one in seen]


def test_an_analysed_picture_is_remembered_with_what_was_seen_in_it_and_shown(rig: Rig) -> None:
    stages = rig.stages()
    frame, seen = camera_picture(4), (faces(4, 1), HeadPose(4, 31.0, 0.0, 0.0, 1.0))
    stages._seen(frame, analysis(4, *seen))
    kept = rig.frames.seen(4)
    assert kept is not None
    assert (kept.picture, kept.observations) == (frame, seen)
    assert rig.shown == [frame]


def test_vision_goes_by_the_exams_own_rules(rig: Rig) -> None:
    rules = Rules(multiple_faces=MultipleFaces(still_after_s=20.0))
    rig.stages(rules=rules)
    assert [one for one in rig.made["VisionWorker"].made_with if isinstance(one, Rules)] == [rules]


def test_what_vision_says_about_itself_goes_in(rig: Rig) -> None:
    rig.stages()
    strain = SourceHealth(Source.VISION, Health.DEGRADED, "the computer cannot keep up")
    rig.made["VisionWorker"].more["told"](strain)
    assert [what for _, what in rig.observed()] == [strain]


def test_what_is_heard_goes_in(rig: Rig) -> None:
    rig.stages()._heard(moment(3), CALM)
    assert rig.observed() == [(moment(3), SoundLevel(-40.0, -50.0, active=True, span_s=0.5))]


def test_neither_pictures_nor_sound_are_held_unless_the_exam_says_so(rig: Rig) -> None:
    stages = rig.stages()
    stages._heard(moment(1), CALM)
    stages._seen(camera_picture(1), analysis(1))
    assert rig.rings == Rings(None, None)


def test_sound_is_held_for_clips_of_voices_only(rig: Rig) -> None:
    stages = rig.stages(recording=Recording(voice_clips=True))
    for tenth in range(1, 21):
        stages._heard(moment(tenth / 10), CALM)
    assert rig.rings.camera is None
    assert rig.rings.sound is not None
    span = rig.rings.sound.cut(moment(0), moment(9))
    assert span is not None
    assert span.seconds == pytest.approx(2.0)


def test_pictures_are_held_for_clips(rig: Rig) -> None:
    stages = rig.stages(recording=Recording(clips=True))
    stages._seen(camera_picture(1), analysis(1))
    assert rig.rings.sound is None
    assert rig.rings.camera is not None
    CameraFootage(rig.rings.camera).take(moment(0), moment(9))()  # raises NotMade without any


def test_eyes_and_ears_are_calibrated_together(rig: Rig) -> None:
    rig.stages().calibrate(gaze=True)
    assert rig.log == ["measure the room", "calibrate, gaze: True"]
    step, end = rig.events()
    assert step == items.Calibrating(CalibrationProgress(0.5, "hold still"))
    assert isinstance(end, items.CalibrationEnded)
    assert (end.outcome.reason, end.room_dbfs) == ("nobody there", -58.0)


def test_a_room_that_could_not_be_measured_has_no_level(rig: Rig) -> None:
    stages = rig.stages()
    rig.made["Hearing"].room_dbfs = None
    stages.calibrate(gaze=False)
    *_, end = rig.events()
    assert isinstance(end, items.CalibrationEnded)
    assert end.room_dbfs is None


def test_the_face_to_compare_with_is_that_of_the_photos_own_picture(rig: Rig) -> None:
    stages = rig.stages()
    for number in (3, 4, 5):
        stages._seen(camera_picture(number), analysis(number))
    stages.remember(4)
    assert rig.log == ["remember 4"]


def test_a_photo_that_was_taken_before_can_be_recalled(rig: Rig) -> None:
    rig.stages().recall(still.jpeg(np.full((48, 64, 3), 200, np.uint8)))
    assert rig.log == ["remember 200"]
    assert rig.observed() == []


@pytest.mark.parametrize("content", [b"no picture", b""])
def test_a_photo_that_cannot_be_recalled_is_told(rig: Rig, content: bytes) -> None:
    rig.stages().recall(content)
    assert rig.log == []
    ((_, told),) = rig.observed()
    assert isinstance(told, SourceHealth)
    assert (told.source, told.state) == (Source.VISION, Health.DEGRADED)
    assert told.reason.startswith("faces are not compared: the reference photo cannot be read")


class Frugal:
    """A grabber and a segmenter that can make do with less."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def limit(self, frames_per_s: float | None, on_behalf_of: str) -> None:
        assert on_behalf_of == "disk"
        self.asked.append(frames_per_s)

    def pause(self, reason: str) -> None:
        self.asked.append(reason)

    def resume(self) -> None:
        self.asked.append("resume")


def test_the_screen_makes_do_with_what_the_disk_has_room_for() -> None:
    frugal = Frugal()
    stages = Stages.__new__(Stages)
    stages._screen = stages._segmenter = frugal  # type: ignore[assignment]
    for level in (Level.LOW, Level.NO_VIDEO, Level.AMPLE):
        stages.save(SAVINGS[level])
    reason = SAVINGS[Level.NO_VIDEO].without_video
    slow = SAVINGS[Level.LOW].frames_per_s
    assert frugal.asked == [slow, "resume", slow, reason, None, "resume"]


def test_screen_video_is_sealed_and_slows_the_grabber_when_it_costs_too_much(
    rig: Rig, tmp_path: Path
) -> None:
    to = Recipients("a session")
    rig.stages().start(tmp_path, to)
    more = rig.made["Segmenter"].more
    assert more["to"] is to
    rig.log.clear()
    more["limit"](0.5)
    assert rig.log == ["limit ScreenGrabber 0.5 encoder"]
