"""The vision thread: takes the newest frame, finds the faces, says what it saw."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import perf_counter
from typing import Protocol

from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import Clock
from proctor_desktop.vision.analysis import Analysis, observations
from proctor_desktop.vision.calibration import (
    CalibrationOutcome,
    CalibrationProgress,
    Collector,
    Neutral,
)
from proctor_desktop.vision.geometry import Fit, fit
from proctor_desktop.vision.landmarker import Landmarker
from proctor_desktop.vision.reference_face import ReferenceFace
from proctor_desktop.vision.sight import RgbImage

TAKE_TIMEOUT_S = 0.25
_NS_PER_MS = 1_000_000


class FrameSource(Protocol):
    """Where frames come from: a place for one, in which the newest wins."""

    def take(self, timeout_s: float) -> Frame[RgbImage] | None:
        """The next frame, or None if none came in time or the source is closed."""
        ...

    @property
    def closed(self) -> bool:
        """Whether no frame will ever come again."""
        ...


@dataclass(frozen=True, slots=True)
class _Calibration:
    collector: Collector
    on_step: Callable[[CalibrationProgress], None]
    on_done: Callable[[CalibrationOutcome], None]


class VisionWorker:
    """Analyses frames in a thread of its own, from :meth:`start` until :meth:`stop`.

    ``report`` gets each analysis; ``seen`` gets it with its frame, for whoever keeps pictures.
    ``crashed`` gets an exception that ended the loop; nothing is analysed after it. All callbacks
    run in the vision thread and must be quick. The thread also ends when the source is closed.
    """

    def __init__(
        self,
        source: FrameSource,
        open_landmarker: Callable[[], Landmarker],
        reference: ReferenceFace,
        clock: Clock,
        report: Callable[[Analysis], None],
        crashed: Callable[[Exception], None],
        seen: Callable[[Frame[RgbImage], Analysis], None] | None = None,
    ) -> None:
        self._source = source
        self._open_landmarker = open_landmarker
        self._reference = reference
        self._clock = clock
        self._report = report
        self._crashed = crashed
        self._seen = seen
        self._commands: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._neutral: Neutral | None = None
        self._calibration: _Calibration | None = None
        self._timestamp_ms = 0

    def start(self) -> None:
        """Load the landmarker and begin; raises EnvironmentProblem if it cannot be loaded."""
        landmarker = self._open_landmarker()
        self._thread = threading.Thread(target=self._run, args=(landmarker,), name="vision")
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End the thread and wait for it; False if it still has not ended after ``timeout_s``."""
        self._stopping.set()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def calibrate(
        self,
        on_step: Callable[[CalibrationProgress], None],
        on_done: Callable[[CalibrationOutcome], None],
    ) -> None:
        """Look for the neutral pose; a pose that is found is used from the next frame on.

        While the worker runs, ``on_done`` is called exactly once: with the pose, or with why there
        is none (it took too long, another calibration began, the analysis ended).
        """
        self._commands.put(lambda: self._begin(on_step, on_done))

    def use(self, neutral: Neutral | None) -> None:
        """Measure head angles from ``neutral`` on; with None there are none."""
        self._commands.put(lambda: self._set_neutral(neutral))

    def _run(self, landmarker: Landmarker) -> None:
        with closing(landmarker):
            try:
                self._loop(landmarker)
            except Exception as problem:  # a thread has no caller to raise to
                self._crashed(problem)
            finally:
                self._obey()
                self._finish(CalibrationOutcome(None, "the camera analysis ended"))

    def _loop(self, landmarker: Landmarker) -> None:
        while not self._stopping.is_set():
            ended = self._source.closed  # asked first: a last frame may wait in a closed source
            frame = self._source.take(TAKE_TIMEOUT_S)
            self._obey()
            if frame is not None:
                self._analyse(frame, landmarker)
            elif ended:
                return
            elif self._calibration:
                self._calibrated(self._calibration.collector.no_picture(self._clock.now()))

    def _obey(self) -> None:
        while True:
            try:
                command = self._commands.get_nowait()
            except Empty:
                return
            command()

    def _analyse(self, frame: Frame[RgbImage], landmarker: Landmarker) -> None:
        began = perf_counter()
        fits = self._faces(frame, landmarker)
        seen = observations(frame.number, fits, self._neutral)
        took_ms = round((perf_counter() - began) * 1000.0, 2)
        analysis = Analysis(frame.number, frame.moment, seen, took_ms)
        if self._seen is not None:
            self._seen(frame, analysis)
        self._report(analysis)
        if self._calibration:
            largest = fits[0] if fits else None
            self._calibrated(self._calibration.collector.add(frame.moment, largest, len(fits)))

    def _faces(self, frame: Frame[RgbImage], landmarker: Landmarker) -> Sequence[Fit]:
        height_px, width_px = frame.image.shape[:2]
        # MediaPipe refuses two frames in the same millisecond
        self._timestamp_ms = max(self._timestamp_ms + 1, frame.moment.mono_ns // _NS_PER_MS)
        meshes = landmarker.detect(frame.image, self._timestamp_ms)
        return [fit(mesh, self._reference, width_px, height_px) for mesh in meshes]

    def _set_neutral(self, neutral: Neutral | None) -> None:
        self._neutral = neutral

    def _begin(
        self,
        on_step: Callable[[CalibrationProgress], None],
        on_done: Callable[[CalibrationOutcome], None],
    ) -> None:
        self._finish(CalibrationOutcome(None, "it was started again"))
        self._calibration = _Calibration(Collector(self._clock.now()), on_step, on_done)

    def _calibrated(self, step: CalibrationProgress | CalibrationOutcome) -> None:
        if isinstance(step, CalibrationOutcome):
            self._neutral = step.neutral or self._neutral
            self._finish(step)
        elif self._calibration:
            self._calibration.on_step(step)

    def _finish(self, outcome: CalibrationOutcome) -> None:
        ended, self._calibration = self._calibration, None
        if ended:
            ended.on_done(outcome)
