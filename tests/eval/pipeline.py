"""The product's own eyes, ears and rules over the cases, without a clock or a thread.

What the monitor does in real time happens here one picture after the other: the models analyse,
the calibration collects, the engine decides. Time is that of the footage, so a slow machine comes
to the same result as a fast one.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

import cv2

from proctor_desktop.core.event import Calibrated, ExamStarted, Tick
from proctor_desktop.core.frame import Frame
from proctor_desktop.monitor.analysers import installed
from proctor_desktop.sound.hearing import Hearing
from proctor_desktop.sound.speech import SpeechDetector
from proctor_desktop.vision.analyst import Analyst
from proctor_desktop.vision.calibration import CalibrationOutcome, Collector
from proctor_desktop.vision.loading import load_models
from proctor_desktop.vision.reference_face import load_reference_face
from tests.eval.case import BLOCK_S, Case, SoundCase
from tests.eval.judge import START, Fired, Judge

_PROCESSES = 2

Cases: TypeAlias = Callable[[Path], tuple[Case | SoundCase, ...]]
"""From the folder of the shared media to cases, always the same ones in the same order."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What came of a case: its violations, and whether there was a calibration (or why not).

    ``hinted_s`` is when the candidate was told that they sit differently.
    """

    fired: tuple[Fired, ...]
    calibrated: bool
    why_not: str
    hinted_s: tuple[float, ...] = ()


def sit(cases: Cases, media: Path) -> list[tuple[Case | SoundCase, Sitting]]:
    """Each case and what came of it, in two processes at most.

    ``cases`` must be importable: a process is started afresh, since MediaPipe does not survive a
    fork, and makes the cases itself, since the functions that they hold cannot be sent.
    """
    made = cases(media)
    jobs = [(cases, media, number) for number in range(len(made))]
    with ProcessPoolExecutor(
        _PROCESSES, mp_context=get_context("spawn"), initializer=_one_thread
    ) as pool:
        return list(zip(made, pool.map(_sit, jobs), strict=True))


def _one_thread() -> None:
    cv2.setNumThreads(1)


def _sit(job: tuple[Cases, Path, int]) -> Sitting:
    cases, media, number = job
    case = _made(cases, media)[number]
    return watch(case) if isinstance(case, Case) else listen(case)


@cache
def _made(cases: Cases, media: Path) -> tuple[Case | SoundCase, ...]:
    return cases(media)


def watch(case: Case) -> Sitting:
    """A case through landmarker, detectors, calibration and rules.

    The face in the first picture is the reference photo, as it is taken before the calibration. A
    calibration that has not succeeded when the exam starts is given up.
    """
    judge = Judge(case.policy)
    outcome: CalibrationOutcome | None = None
    hint = "it was not begun"
    with load_models(installed().vision) as models:
        analyst = Analyst(models, load_reference_face())
        collector = Collector(START.later(-case.calm_s), False)
        running = False
        for number, time_s, image in case.frames():
            if number == 0 and case.calm_s:
                analyst.remember(image)
            if time_s >= 0 and not running:
                running = True
                judge.tell(time_s, ExamStarted())
            analysis, sight = analyst.analyse(Frame(number, START.later(time_s), image))
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
            judge.tell(time_s, Tick())
    calibrated = outcome is not None and outcome.calibration is not None
    why_not = outcome.reason if outcome else f'not done when the exam began: "{hint}"'
    return Sitting(judge.fired, calibrated, "" if calibrated else why_not, judge.hinted_s)


def _announce(judge: Judge, time_s: float, outcome: CalibrationOutcome) -> None:
    if outcome.calibration is not None:
        spread_deg = outcome.calibration.neutral.spread_deg
        judge.tell(time_s, Calibrated(spread_deg, outcome.calibration.edges_error_deg))


def listen(case: SoundCase) -> Sitting:
    """A sound through level, signal and speech detection and the rules.

    The room is measured from the quiet seconds before 0.
    """
    model = installed().speech
    hearing = Hearing(None if model is None else lambda: SpeechDetector(model))
    judge = Judge(case.policy)
    hearing.measure_room()
    running = False
    for end_s, block in case.blocks():
        if end_s > BLOCK_S / 2 and not running:
            running = True
            judge.tell(0.0, ExamStarted())
        for observation in hearing.hear(block):
            judge.tell(end_s, observation)
        judge.tell(end_s, Tick())
    return Sitting(judge.fired, hearing.room_dbfs is not None, "")
