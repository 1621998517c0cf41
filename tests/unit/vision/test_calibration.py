from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
import pytest

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.vision.calibration import (
    HOLD_STILL,
    MANY_FACES,
    NO_FACE,
    NO_PICTURE,
    SPREAD_LIMIT_DEG,
    CalibrationOutcome,
    CalibrationProgress,
    Collector,
    Neutral,
    robust_mean,
)
from proctor_desktop.vision.geometry import Fit, Rotation, angle_between_deg
from tests.fakes.faces import rotation

START = Moment(0, datetime(2026, 3, 1, tzinfo=UTC))
Step = CalibrationProgress | CalibrationOutcome


def seen(turn: Rotation | None = None, x: float = 0.4) -> Fit:
    box = FaceBox(x, 0.3, 0.2, 0.4, 1.0)
    return Fit(rotation() if turn is None else turn, 0.05, box)


def feed(collector: Collector, fits: Iterable[Fit | None], start_s: float = 0.0) -> list[Step]:
    """One analysis every 125 ms until the collector has made up its mind."""
    steps: list[Step] = []
    for number, fit in enumerate(fits):
        moment = START.later(start_s + number / FRAMES_PER_S)
        steps.append(collector.add(moment, fit, 0 if fit is None else 1))
        if isinstance(steps[-1], CalibrationOutcome):
            break
    return steps


def outcome(steps: list[Step]) -> CalibrationOutcome:
    assert isinstance(steps[-1], CalibrationOutcome)
    return steps[-1]


def shaky(spread_deg: float, count: int = 300) -> list[Fit | None]:
    generator = np.random.default_rng(4)
    return [seen(rotation(*generator.normal((5, -3, 0), spread_deg))) for _ in range(count)]


def test_three_quiet_seconds_make_a_neutral_pose() -> None:
    steps = feed(Collector(START), shaky(0.3))
    neutral = outcome(steps).neutral
    assert neutral is not None
    assert (len(steps) - 1) / FRAMES_PER_S == 3.0
    assert neutral.samples == 25
    assert angle_between_deg(neutral.matrix(), rotation(5, -3, 0)) < 0.3
    assert 0.2 < neutral.spread_deg < 1.0
    assert (neutral.centre_x, neutral.centre_y) == (0.5, 0.5)


def test_progress_grows_and_asks_for_one_thing() -> None:
    *steps, _ = feed(Collector(START), shaky(0.3))
    progress = [step.progress for step in steps if isinstance(step, CalibrationProgress)]
    assert progress[0] == 0.0
    assert progress == sorted(progress)
    assert progress[-1] < 1.0
    assert {step.hint for step in steps if isinstance(step, CalibrationProgress)} == {HOLD_STILL}


def test_a_glance_aside_does_not_pull_the_mean() -> None:
    fits = shaky(0.3)
    fits[10] = fits[11] = seen(rotation(25, 0, 0))
    held = np.array([fit.rotation for fit in fits[:25] if fit is not None])
    assert angle_between_deg(robust_mean(held), rotation(5, -3, 0)) < 0.3


def test_the_spread_tells_of_the_glance_all_the_same() -> None:
    fits = shaky(0.3)
    fits[10] = seen(rotation(12, -3, 0))
    neutral = outcome(feed(Collector(START), fits)).neutral
    assert neutral is not None
    assert neutral.spread_deg > 1.0


def test_a_restless_head_is_asked_to_keep_still_until_it_does() -> None:
    restless, quiet = shaky(4.0, 60), shaky(0.3)
    steps = feed(Collector(START), restless + quiet)
    neutral = outcome(steps).neutral
    assert neutral is not None
    assert neutral.spread_deg <= SPREAD_LIMIT_DEG
    assert 60 < len(steps) < 60 + 40


def test_a_head_that_never_keeps_still_is_given_up() -> None:
    steps = feed(Collector(START, timeout_s=10.0), shaky(6.0))
    assert outcome(steps) == CalibrationOutcome(None, "the head did not keep still for long enough")
    assert (len(steps) - 1) / FRAMES_PER_S == 10.0


def test_without_a_face_it_says_so_and_gives_up() -> None:
    steps = feed(Collector(START), [None] * 300)
    assert steps[0] == CalibrationProgress(0.0, NO_FACE)
    assert (len(steps) - 1) / FRAMES_PER_S == 30.0
    assert outcome(steps).reason == "no face was seen for long enough"


def test_a_second_face_stops_it() -> None:
    collector = Collector(START)
    assert collector.add(START, seen(), 2) == CalibrationProgress(0.0, MANY_FACES)


def test_one_lost_frame_does_no_harm() -> None:
    fits = shaky(0.3)
    fits[12] = None
    assert len(feed(Collector(START), fits)) == 25


def test_a_longer_absence_starts_the_hold_again() -> None:
    collector = Collector(START)
    feed(collector, shaky(0.3, 20))
    steps = feed(collector, [None] * 8, start_s=2.5)
    assert steps[-1] == CalibrationProgress(0.0, NO_FACE)
    steps = feed(collector, shaky(0.3), start_s=3.5)
    assert (len(steps) - 1) / FRAMES_PER_S == 3.0


def test_a_camera_without_pictures_is_given_up_too() -> None:
    collector = Collector(START)
    assert collector.no_picture(START.later(1.0)) == CalibrationProgress(0.0, NO_PICTURE)
    assert collector.no_picture(START.later(30.0)) == CalibrationOutcome(
        None, "the camera gave no picture"
    )


def test_a_slow_machine_needs_longer_but_gets_there() -> None:
    collector = Collector(START)
    for number in range(40):
        step = collector.add(START.later(number * 0.45), seen(), 1)
        if isinstance(step, CalibrationOutcome):
            break
    assert isinstance(step, CalibrationOutcome)
    assert step.neutral is not None
    assert step.neutral.samples == 9


def test_a_neutral_pose_survives_json_exactly() -> None:
    neutral = outcome(feed(Collector(START), shaky(0.4))).neutral
    assert neutral is not None
    assert Neutral.from_json(json.loads(json.dumps(neutral.to_json()))) == neutral


@pytest.mark.parametrize(
    "change",
    [
        {"rotation": [1.0] * 9},
        {"rotation": [1.0, 0, 0, 0, 1, 0, 0, 0, -1]},
        {"rotation": [1.0]},
        {"rotation": "none"},
        {"centre_x": None},
    ],
)
def test_what_is_no_neutral_pose_is_refused(change: dict[str, object]) -> None:
    body = Neutral((1, 0, 0, 0, 1, 0, 0, 0, 1), 0.5, 0.5, 0.4, 24).to_json() | change
    with pytest.raises(ValueError, match="not a neutral pose"):
        Neutral.from_json(body)


def test_a_missing_field_is_refused() -> None:
    with pytest.raises(ValueError, match="not a neutral pose"):
        Neutral.from_json({"centre_x": 0.5})
