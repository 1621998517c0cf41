"""The vision thread: takes the newest frame, has it analysed, says what was seen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Protocol

from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import Clock
from proctor_desktop.core.observation import Health, Source, SourceHealth
from proctor_desktop.core.policy import Rules
from proctor_desktop.core.rules.identity_mismatch import NOT_COMPARED
from proctor_desktop.vision.analysis import Analysis
from proctor_desktop.vision.analyst import Analyst
from proctor_desktop.vision.calibration import (
    Calibration,
    CalibrationOutcome,
    CalibrationProgress,
    Collector,
    better_of,
)
from proctor_desktop.vision.loading import Models
from proctor_desktop.vision.reference_face import ReferenceFace
from proctor_desktop.vision.sight import RgbImage

TAKE_TIMEOUT_S = 0.25


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
class _Calibrating:
    collector: Collector
    on_step: Callable[[CalibrationProgress], None]
    on_done: Callable[[CalibrationOutcome], None]


class VisionWorker:
    """Analyses frames in a thread of its own, from :meth:`start` until :meth:`stop`.

    ``report`` gets each analysis; ``seen`` gets it with its frame, for whoever keeps pictures.
    ``told`` gets what the worker has to say about itself. ``crashed`` gets an exception that ended
    the loop; nothing is analysed after it. All callbacks run in the vision thread and must be
    quick. The thread also ends when the source is closed.
    """

    def __init__(
        self,
        source: FrameSource,
        open_models: Callable[[], Models],
        reference: ReferenceFace,
        rules: Rules,
        clock: Clock,
        report: Callable[[Analysis], None],
        crashed: Callable[[Exception], None],
        seen: Callable[[Frame[RgbImage], Analysis], None] | None = None,
        told: Callable[[SourceHealth], None] | None = None,
    ) -> None:
        self._source = source
        self._open_models = open_models
        self._reference = reference
        self._rules = rules
        self._clock = clock
        self._report = report
        self._crashed = crashed
        self._seen = seen
        self._told = told
        self._commands: SimpleQueue[Callable[[Analyst], None]] = SimpleQueue()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._calibrating: _Calibrating | None = None

    def start(self) -> None:
        """Load the models and begin; raises EnvironmentProblem if one cannot be loaded."""
        models = self._open_models()
        self._thread = threading.Thread(target=self._run, args=(models,), name="vision")
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
        gaze: bool = False,
    ) -> None:
        """Calibrate, with the screen's corners if ``gaze``; the result is used at once.

        ``on_done`` is called once: with the calibration, or with why there is none (it took too
        long, the analysis ended). It is never called for one that was cancelled, or replaced by
        another.
        """
        self._commands.put(lambda _: self._begin(on_step, on_done, gaze))

    def cancel_calibration(self) -> None:
        """Forget the calibration that is going on; what was measured before it still holds."""
        self._commands.put(lambda _: self._drop_calibration())

    def use(self, calibration: Calibration | None) -> None:
        """Measure from this calibration on; with None there is nothing to measure from."""

        def set_calibration(analyst: Analyst) -> None:
            analyst.calibration = calibration

        self._commands.put(set_calibration)

    def remember(self, photo: RgbImage) -> None:
        """Compare every face with the one in ``photo`` from now on."""
        self._commands.put(lambda analyst: self._remember(analyst, photo))

    def _run(self, models: Models) -> None:
        with models:
            analyst = Analyst(models, self._reference, self._rules)
            try:
                self._loop(analyst)
            except Exception as problem:  # a thread has no caller to raise to
                self._crashed(problem)
            finally:
                self._obey(analyst)
                self._finish(CalibrationOutcome(None, "the camera analysis ended"))

    def _loop(self, analyst: Analyst) -> None:
        while not self._stopping.is_set():
            ended = self._source.closed  # asked first: a last frame may wait in a closed source
            frame = self._source.take(TAKE_TIMEOUT_S)
            self._obey(analyst)
            if frame is not None:
                self._analyse(frame, analyst)
            elif ended:
                return
            elif self._calibrating:
                now = self._clock.now()
                self._calibrated(self._calibrating.collector.no_picture(now), analyst)

    def _obey(self, analyst: Analyst) -> None:
        while True:
            try:
                command = self._commands.get_nowait()
            except Empty:
                return
            command(analyst)

    def _analyse(self, frame: Frame[RgbImage], analyst: Analyst) -> None:
        analysis, sight = analyst.analyse(frame)
        if self._seen is not None:
            self._seen(frame, analysis)
        self._report(analysis)
        if self._calibrating:
            self._calibrated(self._calibrating.collector.add(sight), analyst)

    def _remember(self, analyst: Analyst, photo: RgbImage) -> None:
        if not analyst.remember(photo) and analyst.compares and self._told:
            what = f"{NOT_COMPARED}: the reference photo shows no face fit for it"
            self._told(SourceHealth(Source.VISION, Health.DEGRADED, what))

    def _begin(
        self,
        on_step: Callable[[CalibrationProgress], None],
        on_done: Callable[[CalibrationOutcome], None],
        gaze: bool,
    ) -> None:
        self._calibrating = _Calibrating(Collector(self._clock.now(), gaze), on_step, on_done)

    def _drop_calibration(self) -> None:
        self._calibrating = None

    def _calibrated(self, step: CalibrationProgress | CalibrationOutcome, analyst: Analyst) -> None:
        if isinstance(step, CalibrationOutcome):
            step = better_of(step, analyst.calibration)
            analyst.calibration = step.calibration or analyst.calibration
            self._finish(step)
        elif self._calibrating:
            self._calibrating.on_step(step)

    def _finish(self, outcome: CalibrationOutcome) -> None:
        ended, self._calibrating = self._calibrating, None
        if ended:
            ended.on_done(outcome)
