"""Pictures from a webcam, or from a video file in its place, at a steady pace."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import FRAMES_PER_S, Frame
from proctor_desktop.core.moment import NS_PER_S, Clock, Moment
from proctor_desktop.core.observation import CameraOpened, Source
from proctor_desktop.hosts.worker import Crashed, Worker
from proctor_desktop.sources.camera_name import camera_name, is_virtual
from proctor_desktop.sources.outage import Outage, Report
from proctor_desktop.sources.pacing import interval_ns, next_due_ns, wait_s
from proctor_desktop.sources.picture import Image
from proctor_desktop.sources.slot import Slot
from proctor_desktop.sources.video_device import Capture, OpenCapture, open_device, picture_of
from proctor_desktop.sources.video_file import VideoFile

_EVERY_NS = interval_ns(FRAMES_PER_S)
_LOST_AFTER_NS = NS_PER_S
_HUNG_AFTER_NS = 2 * NS_PER_S
_GUARD_S = 0.25
_RETRY_S = 1.0
_FAILED_GRAB_PAUSE_S = 0.05
_SKIP_REPORT_NS = 10 * NS_PER_S


VIDEO_FILE = "video file"
"""The name of a camera that is a file."""


def _nothing() -> None:
    pass


class Camera:
    """Puts a frame of 480 x 640 x 3 RGB ``uint8`` into ``slot``, eight times a second.

    ``device`` is a camera's number or a video file, played in real time. ``open`` raises
    EnvironmentProblem; after ``start``, trouble is reported as health: a device that vanishes is
    opened again every second until it is back, a file that ends calls ``on_end``. Frames that
    nobody took in time are counted and reported every ten seconds. The slot is closed at the end.

    Each time a device opens, its name is reported as CameraOpened: after an outage it may be
    another one. A device is reported as lost at most three seconds after its last picture, even if
    its driver never returns; so ``report`` is called by two threads, but never by both at once.
    """

    def __init__(
        self,
        device: int | Path,
        slot: Slot[Frame[Image]],
        clock: Clock,
        report: Report,
        crashed: Crashed,
        on_end: Callable[[], None] = _nothing,
        open_capture: OpenCapture | None = None,
        name_of: Callable[[int], str] = camera_name,
    ) -> None:
        self._device = device
        self._slot = slot
        self._clock = clock
        self._on_end = on_end
        self._open_capture = open_capture
        self._name_of = name_of
        self._report = report
        self._telling = threading.Lock()
        self._outage = Outage(Source.CAMERA, clock, report)
        self._answered_ns = 0
        self._number = 0
        self._skips_told = 0
        self._next_skip_report_ns = 0
        self._capture: Capture | None = None
        self._file: VideoFile | None = None
        # A driver can hang for good inside a grab; that must not keep the program from ending.
        self._worker = Worker("camera", self._run, crashed, daemon=True)
        self._guard = Worker("camera guard", self._watch_driver, crashed, daemon=True)

    def open(self) -> None:
        """Open the device or file and see that a picture comes; raises EnvironmentProblem."""
        if isinstance(self._device, int):
            self._capture = open_device(self._device, self._open_capture)
        else:
            self._file = VideoFile(self._device)

    def start(self) -> None:
        """Begin to deliver; ``open`` came before."""
        self._answered_ns = self._clock.now().mono_ns
        self._worker.start()
        if self._file is None:
            self._guard.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End and wait; False when the driver did not let go within ``timeout_s``."""
        stopped = self._worker.stop(timeout_s)
        self._guard.stop(timeout_s)
        if stopped:
            self._release()
        else:
            with self._telling:
                self._outage.close()
        return stopped

    def _run(self, stopping: threading.Event) -> None:
        try:
            self._tell_name()
            if self._file is not None:
                self._play(self._file, stopping)
            else:
                self._watch(stopping)
        finally:
            self._guard.stopping.set()
            with self._telling:
                self._outage.close()
            self._slot.close()
            self._release()

    def _tell_name(self) -> None:
        name = self._name_of(self._device) if isinstance(self._device, int) else VIDEO_FILE
        with self._telling:
            self._report(self._clock.now(), CameraOpened(name, is_virtual(name)))

    def _release(self) -> None:
        if self._file is not None:
            self._file.close()
        if self._capture is not None:
            self._capture.release()
        self._capture = None

    def _play(self, video: VideoFile, stopping: threading.Event) -> None:
        started_ns = due_ns = self._clock.now().mono_ns
        while not stopping.wait(wait_s(due_ns, self._clock.now().mono_ns)):
            taken_at = self._clock.now()
            now_ns = taken_at.mono_ns
            try:
                image = video.at((now_ns - started_ns) / NS_PER_S)
            except EnvironmentProblem as problem:
                self._finish(f"the file broke off: {problem.why}")
                return
            if image is None:
                self._finish("the file ended")
                return
            self._deliver(image, taken_at)
            due_ns = next_due_ns(due_ns, now_ns, _EVERY_NS)

    def _finish(self, reason: str) -> None:
        with self._telling:
            self._outage.ended(reason)
        self._on_end()

    def _watch(self, stopping: threading.Event) -> None:
        """Grab without pause, so that a picture is fresh when it is due; decode only then."""
        due_ns = last_good_ns = self._clock.now().mono_ns
        while not stopping.is_set():
            if self._capture is None:
                self._reopen(stopping)
                due_ns = last_good_ns = self._clock.now().mono_ns
                continue
            grabbed = self._capture.grab()
            taken_at = self._clock.now()  # before it is decoded, which takes a while
            now_ns = self._answered_ns = taken_at.mono_ns
            if grabbed and now_ns < due_ns:
                last_good_ns = now_ns
            elif grabbed and (image := picture_of(self._capture)) is not None:
                last_good_ns = now_ns
                due_ns = next_due_ns(due_ns, now_ns, _EVERY_NS)
                self._deliver(image, taken_at)
            elif now_ns - last_good_ns >= _LOST_AFTER_NS:
                self._lose()
            else:
                stopping.wait(_FAILED_GRAB_PAUSE_S)

    def _watch_driver(self, stopping: threading.Event) -> None:
        """Tell of a driver that does not return: the thread that waits for it cannot."""
        while not stopping.wait(_GUARD_S):
            with self._telling:  # so that no picture comes in between the question and the answer
                silent_ns = self._clock.now().mono_ns - self._answered_ns
                if silent_ns >= _HUNG_AFTER_NS:
                    self._outage.begin("the camera's driver does not answer")

    def _lose(self) -> None:
        with self._telling:
            self._outage.begin("the camera gives no more pictures")
        if self._capture is not None:
            self._capture.release()
        self._capture = None

    def _reopen(self, stopping: threading.Event) -> None:
        if stopping.wait(_RETRY_S) or not isinstance(self._device, int):
            return
        try:
            self._capture = open_device(self._device, self._open_capture)
        except EnvironmentProblem:
            return  # the outage is reported already and goes on
        self._tell_name()

    def _deliver(self, image: Image, taken_at: Moment) -> None:
        with self._telling:
            self._outage.over("pictures come in")
        self._number += 1
        self._slot.put(Frame(self._number, taken_at, image))
        if taken_at.mono_ns >= self._next_skip_report_ns:
            self._next_skip_report_ns = taken_at.mono_ns + _SKIP_REPORT_NS
            self._tell_skipped()

    def _tell_skipped(self) -> None:
        skipped = self._slot.skipped
        with self._telling:
            self._outage.skipped(skipped - self._skips_told, "pictures were not analysed in time")
        self._skips_told = skipped
