"""The sources and what analyses them, joined: started left to right, stopped left to right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from proctor_desktop.core.disk_budget import Savings
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.event import Event
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import Clock, Moment
from proctor_desktop.core.observation import Health, Observation, Source, SourceHealth
from proctor_desktop.core.policy import Policy
from proctor_desktop.core.rules.identity_mismatch import NOT_COMPARED
from proctor_desktop.hosts import Host
from proctor_desktop.hosts.session_kind import SessionKind
from proctor_desktop.monitor import inbox as items
from proctor_desktop.monitor.active_names import ActiveNames
from proctor_desktop.monitor.analysers import Analysers
from proctor_desktop.monitor.footage import Rings
from proctor_desktop.monitor.inbox import Inbox
from proctor_desktop.monitor.recent_frames import Picture, RecentFrames
from proctor_desktop.monitor.stop_request import StopRequest
from proctor_desktop.recording import still
from proctor_desktop.recording.segment import Segment
from proctor_desktop.recording.segmenter import Segmenter
from proctor_desktop.sound.hearing import Hearing
from proctor_desktop.sound.speech import SpeechDetector
from proctor_desktop.sources.camera import Camera
from proctor_desktop.sources.focus import FocusWatcher
from proctor_desktop.sources.microphone import Microphone
from proctor_desktop.sources.screen import ScreenGrabber, open_screen
from proctor_desktop.sources.slot import Slot
from proctor_desktop.vision.analysis import Analysis
from proctor_desktop.vision.calibration import CalibrationOutcome, CalibrationProgress
from proctor_desktop.vision.loading import load_models
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.vision.worker import VisionWorker
from proctor_desktop.wire.seal import Recipients


@dataclass(frozen=True, kw_only=True)
class StageOptions:
    """Which devices to use.

    ``microphone`` None and ``desktop`` False switch those sources off; the evidence says so.
    ``exam_pids`` are the processes whose windows count as the exam.
    """

    camera: int | Path
    microphone: str | Path | None
    desktop: bool = True
    exam_pids: frozenset[int] = frozenset()


class Stage(Protocol):
    """Something with a thread of its own."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End and wait; False if it would not end."""
        ...


class Stages:
    """All stages of one session.

    ``open`` reaches every device and raises EnvironmentProblem before anything is recorded; a
    device that goes away later is an observation and not an error.
    """

    def __init__(
        self,
        options: StageOptions,
        host: Host,
        policy: Policy,
        analysers: Analysers,
        rings: Rings,
        clock: Clock,
        inbox: Inbox,
        frames: RecentFrames,
        stop: StopRequest,
        preview: Callable[[Picture], None],
    ) -> None:
        self._clock = clock
        self._inbox = inbox
        self._frames = frames
        self._preview = preview
        self._options = options
        self._recording = policy.recording
        self._rings = rings
        self._host = host
        self._watches_desktop = options.desktop and host.session is SessionKind.X11
        slot: Slot[Frame[npt.NDArray[np.uint8]]] = Slot()
        asked = analysers.asked_by(policy.rules)
        speech = asked.speech
        self._hearing = Hearing(None if speech is None else lambda: SpeechDetector(speech))
        self._camera = Camera(
            options.camera,
            slot,
            clock,
            self._report,
            self._crash("camera"),
            on_end=lambda: stop.ask("the camera recording is over"),
        )
        self.vision = VisionWorker(
            slot,
            lambda: load_models(asked.vision),
            load_reference_face(),
            policy.rules,
            clock,
            self._analysed,
            self._crash("vision"),
            self._seen,
            told=lambda health: self._report(clock.now(), health),
        )
        self._microphone = self._make_microphone()
        self._focus = self._make_focus()
        self._recipients = Recipients("")
        self._titles = ActiveNames()
        self._segmenter: Segmenter | None = None
        self._screen: ScreenGrabber | None = None
        self._started: list[Stage] = []

    def open(self) -> None:
        """Reach all devices; raises EnvironmentProblem for the first that is not to be had."""
        self._camera.open()
        if self._microphone is not None:
            self._microphone.open()
        if self._options.desktop and self._host.session is SessionKind.HEADLESS:
            raise EnvironmentProblem(
                "desktop",
                "there is no display here: DISPLAY is not set",
                "Start the program inside a desktop session, or say --no-desktop to go without "
                "screen recording and window focus.",
            )
        if self._focus is not None:
            self._focus.open()
            open_screen(self._host).close()

    def start(self, segments: Path, to: Recipients) -> None:
        """Start everything; screen video is written into ``segments``, sealed if to anybody."""
        self._recipients = to
        for stage in (self._camera, self.vision, self._microphone, self._focus):
            if stage is not None:
                stage.start()
                self._started.append(stage)
        self._start_screen(segments)
        for source, running in (
            (Source.MICROPHONE, self._microphone is not None),
            (Source.FOCUS, self._focus is not None),
            (Source.SCREEN, self._screen is not None),
        ):
            state = Health.OK if running else Health.LOST
            reason = "" if running else "switched off, or not possible on this computer"
            self._report(self._clock.now(), SourceHealth(source, state, reason))

    def stop(self) -> None:
        """Stop everything, left to right, so that each stage gets what the one before it left."""
        while self._started:
            self._started.pop(0).stop()

    def save(self, savings: Savings) -> None:
        """Take fewer pictures of the screen, or none, while the disk has no room for them."""
        if self._screen is None or self._segmenter is None:
            return
        self._screen.limit(savings.frames_per_s, "disk")
        if savings.without_video:
            self._segmenter.pause(savings.without_video)
        else:
            self._segmenter.resume()

    def calibrate(self, gaze: bool) -> None:
        """Calibrate eyes and ears; progress and outcome go to the inbox."""
        self._hearing.measure_room()
        self.vision.calibrate(self._calibrating, self._calibrated, gaze)

    def remember(self, frame: int) -> None:
        """Compare every face with the one in this frame from now on."""
        picture = self._frames.find(frame)
        if picture is not None:
            self.vision.remember(picture.image)

    def recall(self, photo: bytes) -> None:
        """The same with a photo that was taken before; what is no picture is told and left out."""
        try:
            image = still.picture(photo)
        except ValueError as problem:
            self.not_compared(f"the reference photo cannot be read ({problem})")
            return
        self.vision.remember(image)

    def not_compared(self, reason: str) -> None:
        """Tell that faces are compared with no photo, and why."""
        told = SourceHealth(Source.VISION, Health.DEGRADED, f"{NOT_COMPARED}: {reason}")
        self._report(self._clock.now(), told)

    def _make_microphone(self) -> Microphone | None:
        device = self._options.microphone
        if device is None:
            return None
        crash = self._crash("microphone")
        return Microphone(device, self._heard, self._clock, self._report, crash)

    def _make_focus(self) -> FocusWatcher | None:
        if not self._watches_desktop:
            return None
        return FocusWatcher(
            self._host.open_focus_probe,
            lambda: self._options.exam_pids,
            self._clock,
            self._report,
            self._crash("focus"),
        )

    def _start_screen(self, segments: Path) -> None:
        if not self._watches_desktop or not self._recording.screen:
            return
        self._segmenter = Segmenter(
            segments,
            self._recording.segment_s,
            self._recording.screen_frames_per_s,
            self._finished,
            self._clock,
            self._report,
            self._crash("segmenter"),
            to=self._recipients,
            limit=lambda rate: self._limit_screen(rate, "encoder"),
        )
        self._screen = ScreenGrabber(
            self._recording.screen_frames_per_s,
            self._segmenter.put,
            self._clock,
            self._report,
            self._crash("screen"),
            lambda: open_screen(self._host),
            self._segmenter.unchanged,
            self._host.open_screen_changes,
            self._titles.active if self._recording.window_titles else None,
        )
        self._screen.open()
        for stage in (self._segmenter, self._screen):
            stage.start()
        # Stopped in this order: first no more pictures, then the last segment is closed.
        self._started += [self._screen, self._segmenter]

    def _limit_screen(self, frames_per_s: float | None, on_behalf_of: str) -> None:
        if self._screen is not None:
            self._screen.limit(frames_per_s, on_behalf_of)

    def _report(self, moment: Moment, observation: Observation) -> None:
        if (
            isinstance(observation, SourceHealth)
            and observation.source is Source.CAMERA
            and observation.state is Health.LOST
        ):
            self._frames.clear()
        self._inbox.put(Event(moment, observation))

    def _analysed(self, analysis: Analysis) -> None:
        for observation in analysis.observations:
            self._inbox.put(Event(analysis.moment, observation))

    def _seen(self, frame: Picture, analysis: Analysis) -> None:
        self._frames.add(frame, analysis.observations)
        if self._rings.camera is not None:
            self._rings.camera.add(frame)
        self._preview(frame)

    def _heard(self, moment: Moment, samples: npt.NDArray[np.float32]) -> None:
        if self._rings.sound is not None:
            self._rings.sound.add(moment, samples)
        for observation in self._hearing.hear(samples):
            self._inbox.put(Event(moment, observation))

    def _calibrating(self, progress: CalibrationProgress) -> None:
        self._inbox.put(items.Calibrating(progress))

    def _calibrated(self, outcome: CalibrationOutcome) -> None:
        room_dbfs = self._hearing.room_dbfs
        self._inbox.put(items.CalibrationEnded(self._clock.now(), outcome, room_dbfs))

    def _finished(self, segment: Segment) -> None:
        titles = self._titles.between(segment.started, segment.ended)
        self._inbox.put(items.SegmentFinished(replace(segment, titles=titles)))

    def _crash(self, stage: str) -> Callable[[BaseException], None]:
        return lambda problem: self._inbox.put(items.StageCrashed(stage, problem))
