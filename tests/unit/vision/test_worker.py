from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FacesSeen, Gaze, HeadPose, Health, Source, SourceHealth
from proctor_desktop.core.policy import MultipleFaces, Rules
from proctor_desktop.vision import worker as module
from proctor_desktop.vision.analysis import Analysis
from proctor_desktop.vision.analyst import Analyst
from proctor_desktop.vision.calibration import (
    Calibration,
    CalibrationOutcome,
    CalibrationProgress,
    Neutral,
)
from proctor_desktop.vision.corners import MIDDLE
from proctor_desktop.vision.loading import Models
from proctor_desktop.vision.reference_face import ReferenceFace, load_reference_face
from proctor_desktop.vision.sight import RgbImage
from proctor_desktop.vision.worker import VisionWorker
from tests.fakes.faces import mesh, rotation
from tests.fakes.gazing import Face, gazing_mesh
from tests.fakes.models import FakeModels, seeing

START = Moment(5_000_000_000, datetime(2026, 3, 1, tzinfo=UTC))
PICTURE: RgbImage = np.full((480, 640, 3), 120, np.uint8)
STRAIGHT = Calibration(Neutral((1, 0, 0, 0, 1, 0, 0, 0, 1), 0.5, 0.5, 0.3, 24))


def frames(count: int, step_s: float = 0.125) -> list[Frame[RgbImage]]:
    return [Frame(number, START.later(number * step_s), PICTURE) for number in range(count)]


class Frames:
    """Gives its frames as fast as they are taken; then it is closed, or silent if it stays open."""

    def __init__(self, given: Iterable[Frame[RgbImage]], stays_open: bool = False) -> None:
        self._frames = deque(given)
        self._stays_open = stays_open
        self._more = threading.Event()

    def take(self, timeout_s: float) -> Frame[RgbImage] | None:
        if self._frames:
            return self._frames.popleft()
        self._more.wait(0.001)
        return None

    @property
    def closed(self) -> bool:
        return not self._stays_open and not self._frames


class SteppingClock:
    """Ten seconds pass with each look at it."""

    def __init__(self) -> None:
        self._looks = 0

    def now(self) -> Moment:
        self._looks += 1
        return START.later(10.0 * (self._looks - 1))


class Run:
    """A worker and everything it said."""

    def __init__(self, source: Frames, models: FakeModels, rules: Rules | None = None) -> None:
        self.analyses: list[Analysis] = []
        self.problems: list[Exception] = []
        self.pictures: list[tuple[int, Analysis]] = []
        self.steps: list[CalibrationProgress] = []
        self.outcomes: list[CalibrationOutcome] = []
        self.told: list[SourceHealth] = []
        self.done = threading.Event()
        self.models = models
        self.worker = VisionWorker(
            source,
            models.models,
            load_reference_face(),
            rules or Rules(),
            SteppingClock(),
            self.analyses.append,
            self.problems.append,
            lambda frame, analysis: self.pictures.append((frame.number, analysis)),
            self.told.append,
        )

    def calibrate(self, gaze: bool = False) -> None:
        self.worker.calibrate(self.steps.append, self._ended, gaze)

    def _ended(self, outcome: CalibrationOutcome) -> None:
        self.outcomes.append(outcome)
        self.done.set()

    def to_the_end(self) -> Run:
        self.worker.start()
        wait_until(lambda: self.models.landmarker.closed)
        assert self.worker.stop()
        return self


def wait_until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(5000):
        if condition():
            return
        pause.wait(0.001)
    raise AssertionError("it never happened")


def test_every_frame_is_reported_with_its_own_moment() -> None:
    run = Run(Frames(frames(3)), seeing([[mesh()], [], [mesh()]])).to_the_end()
    assert [analysis.frame for analysis in run.analyses] == [0, 1, 2]
    assert run.analyses[1].moment == START.later(0.125)
    assert [faces_in(analysis) for analysis in run.analyses] == [1, 0, 1]
    assert all(analysis.analysis_ms >= 0 for analysis in run.analyses)
    assert run.problems == []


def faces_in(analysis: Analysis) -> int:
    seen = analysis.observations[0]
    assert isinstance(seen, FacesSeen)
    return len(seen.faces)


def yaw_deg(analysis: Analysis) -> float:
    (pose,) = [seen for seen in analysis.observations if isinstance(seen, HeadPose)]
    return pose.yaw_deg


def test_the_analyst_goes_by_the_exams_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Rules] = []

    def analyst(models: Models, reference: ReferenceFace, rules: Rules) -> Analyst:
        given.append(rules)
        return Analyst(models, reference, rules)

    monkeypatch.setattr(module, "Analyst", analyst)
    rules = Rules(multiple_faces=MultipleFaces(still_after_s=20.0))
    Run(Frames([]), seeing([[]]), rules).to_the_end()
    assert given == [rules]


def test_the_frame_itself_is_handed_on_with_its_analysis() -> None:
    run = Run(Frames(frames(2)), seeing([[mesh()]])).to_the_end()
    assert run.pictures == [(0, run.analyses[0]), (1, run.analyses[1])]


def test_with_a_neutral_pose_there_are_angles() -> None:
    run = Run(Frames(frames(1)), seeing([[mesh(rotation(25))]]))
    run.worker.use(STRAIGHT)
    run.to_the_end()
    _, pose = run.analyses[0].observations
    assert isinstance(pose, HeadPose)
    assert pose.yaw_deg == pytest.approx(25, abs=0.02)


def test_without_one_there_are_none() -> None:
    run = Run(Frames(frames(1)), seeing([[mesh()]]))
    run.worker.use(STRAIGHT)
    run.worker.use(None)
    assert len(run.to_the_end().analyses[0].observations) == 1


def test_calibration_ends_once_and_its_pose_is_used_at_once() -> None:
    run = Run(Frames(frames(30)), seeing([[mesh(rotation(8, -5))]]))
    run.calibrate()
    run.to_the_end()
    (outcome,) = run.outcomes
    assert outcome.calibration is not None
    assert outcome.calibration.screen is None
    assert len(run.steps) == 24
    assert {step.target for step in run.steps} == {None}
    without, with_pose = run.analyses[24].observations, run.analyses[25].observations
    assert not any(isinstance(seen, HeadPose) for seen in without)
    assert isinstance(with_pose[1], HeadPose)
    assert abs(with_pose[1].yaw_deg) < 0.05


def test_a_failed_calibration_leaves_the_pose_that_was_in_use() -> None:
    away = frames(3, step_s=40.0)
    run = Run(Frames(away), seeing([[], [], [mesh(rotation(25))]]))
    run.worker.use(STRAIGHT)
    run.calibrate()
    run.to_the_end()
    assert [outcome.reason for outcome in run.outcomes] == ["no face was seen for long enough"]
    assert len(run.analyses[2].observations) == 2


def test_calibration_gives_up_when_no_picture_comes() -> None:
    run = Run(Frames([], stays_open=True), seeing([[]]))
    run.calibrate()
    run.worker.start()
    assert run.done.wait(5.0)
    assert run.worker.stop()
    assert run.outcomes[0].reason == "the camera gave no picture"


def test_a_second_calibration_takes_the_place_of_the_first() -> None:
    run = Run(Frames(frames(30)), seeing([[mesh()]]))
    run.calibrate()
    run.calibrate()
    run.to_the_end()
    assert [bool(outcome.calibration) for outcome in run.outcomes] == [True]


def test_a_cancelled_calibration_is_neither_told_nor_used() -> None:
    run = Run(Frames(frames(30)), seeing([[mesh(rotation(25))]]))
    run.worker.use(STRAIGHT)
    run.calibrate()
    run.worker.cancel_calibration()
    run.to_the_end()
    assert (run.steps, run.outcomes) == ([], [])
    assert yaw_deg(run.analyses[-1]) == pytest.approx(25, abs=0.02)


def test_there_may_be_nothing_to_cancel() -> None:
    run = Run(Frames(frames(1)), seeing([[]]))
    run.worker.cancel_calibration()
    assert run.to_the_end().problems == []


def test_the_end_of_the_analysis_ends_the_calibration() -> None:
    run = Run(Frames(frames(4)), seeing([[mesh()]]))
    run.calibrate()
    run.to_the_end()
    assert [outcome.reason for outcome in run.outcomes] == ["the camera analysis ended"]


def test_a_crash_is_told_and_everything_is_given_back() -> None:
    broken = RuntimeError("the graph is broken")
    run = Run(Frames(frames(5)), seeing([[mesh()], broken, []]))
    run.calibrate()
    run.to_the_end()
    assert run.problems == [broken]
    assert len(run.analyses) == 1
    assert len(run.outcomes) == 1


def test_with_gaze_there_are_dots_to_look_at_and_the_gaze_is_used_at_once() -> None:
    """Eyes that stay on the middle do not follow the dots; the pose is theirs all the same."""
    run = Run(Frames(frames(110)), seeing([[gazing_mesh(Face())]]))
    run.calibrate(gaze=True)
    run.to_the_end()
    assert run.steps[0].target == MIDDLE
    assert len({step.target for step in run.steps}) > 1
    (outcome,) = run.outcomes
    assert outcome.calibration is not None
    assert outcome.calibration.screen is None
    assert outcome.reason == "the eyes did not follow the dots"
    assert any(isinstance(seen, Gaze) for seen in run.analyses[-1].observations)
    assert not any(isinstance(seen, Gaze) for seen in run.analyses[0].observations)


def test_a_photo_without_a_face_is_told() -> None:
    run = Run(Frames(frames(1)), seeing([[]], ["identity"]))
    run.worker.remember(PICTURE)
    (health,) = run.to_the_end().told
    assert (health.source, health.state) == (Source.VISION, Health.DEGRADED)
    assert "reference photo shows no face" in health.reason


def test_a_photo_with_a_face_needs_no_word() -> None:
    run = Run(Frames(frames(2)), seeing([[mesh()]], ["identity"]))
    run.worker.remember(PICTURE)
    run.to_the_end()
    assert run.told == []
    assert len(run.models.identity.looked) == 2  # the photo, and the face in view


def test_where_nothing_compares_faces_the_photo_is_nobodys_concern() -> None:
    """That the model is missing stands in the capabilities."""
    run = Run(Frames(frames(1)), seeing([[]]))
    run.worker.remember(PICTURE)
    assert run.to_the_end().told == []


def test_a_photo_that_breaks_a_model_is_told_as_a_crash() -> None:
    broken = RuntimeError("the graph is broken")
    run = Run(Frames(frames(2)), seeing([broken], ["identity"]))
    run.worker.remember(PICTURE)
    run.to_the_end()
    assert run.problems == [broken]


def test_models_that_cannot_be_opened_are_told_before_anything_runs() -> None:
    def refuse() -> Models:
        raise EnvironmentProblem("objects", "it is no model", "Sync it.")

    run = Run(Frames(frames(1)), seeing([[]]))
    run.worker._open_models = refuse
    with pytest.raises(EnvironmentProblem, match="it is no model"):
        run.worker.start()
    assert run.worker.stop()


def test_stop_ends_a_thread_that_waits_for_frames() -> None:
    run = Run(Frames([], stays_open=True), seeing([[]]))
    run.worker.start()
    assert run.worker.stop()
    assert run.models.landmarker.closed


def test_a_worker_that_never_started_can_be_stopped() -> None:
    assert Run(Frames([]), seeing([[]])).worker.stop()
