"""The product's own eyes, ears and rules over composed footage, without a clock or a thread.

What the monitor does in real time happens here one picture after the other: the models analyse,
the calibration collects, the engine decides. Time is that of the footage, so a slow machine comes
to the same result as a fast one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import TypeVar

import cv2

from proctor_desktop.core.effect import Effect, Record
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Calibrated, Event, ExamStarted, Happening, Tick
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.core.observation import Observation
from proctor_desktop.core.policy import Policy
from proctor_desktop.monitor.analysers import installed
from proctor_desktop.sound.hearing import Hearing
from proctor_desktop.sound.speech import SpeechDetector
from proctor_desktop.vision.analyst import Analyst
from proctor_desktop.vision.calibration import CalibrationOutcome, Collector
from proctor_desktop.vision.loading import load_models
from proctor_desktop.vision.reference_face import load_reference_face
from tests.eval.compose import Case
from tests.eval.sound_cases import BLOCK_S, SoundCase

_START = Moment(100 * NS_PER_S, datetime(2026, 1, 1, tzinfo=UTC))
_PROCESSES = 2

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Fired:
    """A violation that started at ``at_s`` (seconds of the exam), and when it was over."""

    rule: str
    at_s: float
    onset_s: float
    reason: str
    measured: float
    threshold: float
    ended_s: float | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """What came of a case: its violations, and whether there was a calibration (or why not)."""

    case: str
    fired: tuple[Fired, ...]
    calibrated: bool
    why_not: str
    seen: tuple[tuple[float, Observation], ...] = ()


class _Judge:
    """The engine, and the violations that it has started."""

    def __init__(self, policy: Policy) -> None:
        self._engine = Engine(policy)
        self._fired: dict[int, Fired] = {}

    def tell(self, time_s: float, what: Happening) -> None:
        """Something happened at that second of the exam."""
        moment = _START.later(time_s)
        for effect in self._engine.step(Event(moment, what)):
            self._note(time_s, effect)

    @property
    def fired(self) -> tuple[Fired, ...]:
        """All violations, in the order in which they started."""
        return tuple(self._fired.values())

    def _note(self, time_s: float, effect: Effect) -> None:
        if not isinstance(effect, Record):
            return
        data = effect.data
        if effect.kind == "violation.start":
            onset_s = (data["onset_mono_ns"] - _START.mono_ns) / NS_PER_S
            self._fired[data["violation"]] = Fired(
                data["rule"],
                round(time_s, 3),
                round(onset_s, 3),
                data["reason"],
                data["measured"],
                data["threshold"],
            )
        elif effect.kind == "violation.end":
            number = data["violation"]
            self._fired[number] = replace(self._fired[number], ended_s=round(time_s, 3))


def watch(case: Case, keep_seen: bool = False) -> Sitting:
    """A case through landmarker, detectors, calibration and rules.

    The face in the first picture is the reference photo, as it is taken before the calibration. A
    calibration that has not succeeded when the exam starts is given up.
    """
    judge, seen = _Judge(case.policy), []
    outcome: CalibrationOutcome | None = None
    hint = "it was not begun"
    with load_models(installed().vision) as models:
        analyst = Analyst(models, load_reference_face())
        collector = Collector(_START.later(-case.calm_s), False)
        running = False
        for number, time_s, image in case.frames():
            if number == 0 and case.calm_s:
                analyst.remember(image)
            if time_s >= 0 and not running:
                running = True
                judge.tell(time_s, ExamStarted())
            analysis, sight = analyst.analyse(Frame(number, _START.later(time_s), image))
            if outcome is None and not running:
                step = collector.add(sight)
                if isinstance(step, CalibrationOutcome):
                    outcome = step
                    analyst.calibration = step.calibration
                    _announce(judge, time_s, step)
                else:
                    hint = step.hint
            for observation in analysis.observations:
                judge.tell(time_s, observation)
                if keep_seen:
                    seen.append((time_s, observation))
            judge.tell(time_s, Tick())
    calibrated = outcome is not None and outcome.calibration is not None
    why_not = outcome.reason if outcome else f'not done when the exam began: "{hint}"'
    return Sitting(case.name, judge.fired, calibrated, "" if calibrated else why_not, tuple(seen))


def _announce(judge: _Judge, time_s: float, outcome: CalibrationOutcome) -> None:
    if outcome.calibration is not None:
        spread_deg = outcome.calibration.neutral.spread_deg
        judge.tell(time_s, Calibrated(spread_deg, outcome.calibration.gaze_error_deg))


def listen(case: SoundCase, keep_seen: bool = False) -> Sitting:
    """A sound through level, signal and speech detection and the rules.

    The room is measured from the quiet seconds before 0.
    """
    model = installed().speech
    hearing = Hearing(None if model is None else lambda: SpeechDetector(model))
    judge, seen = _Judge(case.policy), []
    hearing.measure_room()
    running = False
    for end_s, block in case.blocks():
        if end_s > BLOCK_S / 2 and not running:
            running = True
            judge.tell(0.0, ExamStarted())
        for observation in hearing.hear(block):
            judge.tell(end_s, observation)
            if keep_seen:
                seen.append((end_s, observation))
        judge.tell(end_s, Tick())
    return Sitting(case.name, judge.fired, hearing.room_dbfs is not None, "", tuple(seen))


def in_parallel(work: Callable[[T], R], jobs: Sequence[T]) -> Iterable[R]:
    """``work`` done for each of ``jobs`` in two processes at most, the results in their order.

    Both must be importable: a process is started afresh, since MediaPipe does not survive a fork.
    """
    with ProcessPoolExecutor(
        _PROCESSES, mp_context=get_context("spawn"), initializer=_one_thread
    ) as pool:
        yield from pool.map(work, jobs)


def _one_thread() -> None:
    cv2.setNumThreads(1)
