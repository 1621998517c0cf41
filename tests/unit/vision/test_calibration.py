from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.vision.calibration import (
    CLOSER,
    FURTHER_AWAY,
    HOLD_STILL,
    HOLD_STILL_NO_DOT,
    MANY_FACES,
    MORE_LIGHT,
    NO_FACE,
    NO_PICTURE,
    NO_TIME,
    NOT_FOLLOWED,
    OPEN_EYES,
    TURN_HERE,
    Calibration,
    CalibrationOutcome,
    CalibrationProgress,
    Collector,
    Step,
    better_of,
)
from proctor_desktop.vision.corners import CHECKS, CORNERS, MIDDLE, Target
from proctor_desktop.vision.dots import LOOK_AT_CORNER, LOOK_AT_DOT
from proctor_desktop.vision.geometry import angle_between_deg
from proctor_desktop.vision.screen import ASSUMED_ERROR_DEG, ASSUMED_SCREEN, Screen
from tests.fakes.faces import rotation
from tests.fakes.gazing import Face, sight_of

START = Moment(0, datetime(2026, 3, 1, tzinfo=UTC))
SCREEN = Screen(16.0, -16.0, 9.0, -11.0)
LATENCY_S = 0.3
SMALL, LARGE = 25.0, 190.0

Look = Callable[[float, Target | None], Face | None]
"""What a candidate does at a second of the calibration, with the dot at that place."""


def attentive(
    screen: Screen = SCREEN, latency_s: float = LATENCY_S, noise_deg: float = 0.5
) -> Look:
    """Looks at every dot, a moment after it came."""
    draw = np.random.default_rng(3)
    state: dict[str, object] = {"target": MIDDLE, "since_s": -9.0, "at": (0.0, 0.0)}

    def look(time_s: float, target: Target | None) -> Face:
        if target is not None and target != state["target"]:
            state.update(target=target, since_s=time_s)
        if target is not None and time_s - float(str(state["since_s"])) >= latency_s:
            there = screen.at(*target) if target != MIDDLE else None
            state["at"] = (there.horizontal_deg, there.vertical_deg) if there else (0.0, 0.0)
        left, up = state["at"]  # type: ignore[misc]
        return Face(
            left + draw.normal(0, noise_deg),
            up + draw.normal(0, noise_deg),
            yaw_deg=0.4 * left + draw.normal(0, 0.2),
        )

    return look


def still(face: Face | None = None) -> Look:
    """Looks straight on, whatever happens; with ``face.yaw_deg``, past the camera."""
    draw = np.random.default_rng(4)

    def look(time_s: float, target: Target | None) -> Face:
        base = face or Face()
        return Face(
            base.yaw_deg + draw.normal(0, 0.4),
            draw.normal(0, 0.4),
            yaw_deg=base.yaw_deg + draw.normal(0, 0.2),
            apart_px=base.apart_px,
            open_share=base.open_share,
        )

    return look


def run(
    look: Look,
    collector: Collector | None = None,
    gaze: bool = True,
    start_s: float = 0.0,
    until_s: float = 60.0,
    **changes: object,
) -> list[Step]:
    """One analysis every 125 ms until the collector has made up its mind, or ``until_s``."""
    collector = collector or Collector(START, gaze)
    steps: list[Step] = []
    target: Target | None = None
    for number in range(round((until_s - start_s) * FRAMES_PER_S)):
        time_s = start_s + number / FRAMES_PER_S
        sight = sight_of(look(time_s, target), number, START.later(time_s), **changes)
        steps.append(collector.add(sight))
        if isinstance(steps[-1], CalibrationOutcome):
            break
        target = steps[-1].target
    return steps


def outcome(steps: list[Step]) -> CalibrationOutcome:
    assert isinstance(steps[-1], CalibrationOutcome)
    return steps[-1]


def found(steps: list[Step]) -> Calibration:
    calibration = outcome(steps).calibration
    assert calibration is not None
    return calibration


def hints(steps: list[Step]) -> set[str]:
    return {step.hint for step in steps if isinstance(step, CalibrationProgress)}


def seconds(steps: list[Step]) -> float:
    return (len(steps) - 1) / FRAMES_PER_S


def test_three_quiet_seconds_make_a_neutral_pose() -> None:
    steps = run(still(), gaze=False)
    calibration = found(steps)
    assert seconds(steps) == 3.0
    assert angle_between_deg(calibration.neutral.matrix(), rotation()) < 0.5
    assert 0.0 < calibration.neutral.spread_deg < 1.0
    assert calibration.eyes is not None
    assert (calibration.screen, calibration.gaze_error_deg) == (None, None)
    assert hints(steps) == {HOLD_STILL_NO_DOT}
    assert {s.target for s in steps if isinstance(s, CalibrationProgress)} == {None}


def test_dots_in_the_corners_give_the_screens_edges() -> None:
    steps = run(attentive())
    calibration = found(steps)
    screen, error_deg = calibration.screen, calibration.gaze_error_deg
    assert screen is not None
    assert error_deg is not None
    assert (screen.left_deg, screen.right_deg) == pytest.approx((16, -16), abs=1.5)
    assert (screen.top_deg, screen.bottom_deg) == pytest.approx((9, -11), abs=1.5)
    assert error_deg < 2.0
    assert calibration.edges_error_deg == error_deg
    assert outcome(steps).reason == ""
    assert seconds(steps) < 20


def test_the_dots_come_one_after_the_other_with_one_instruction_each() -> None:
    steps = [step for step in run(attentive()) if isinstance(step, CalibrationProgress)]
    shown = list(dict.fromkeys(step.target for step in steps))
    assert shown == [MIDDLE, *CORNERS, *(check for check in CHECKS if check != MIDDLE)]
    assert [step.progress for step in steps] == sorted(step.progress for step in steps)
    assert steps[-1].progress < 1.0
    for step in steps:
        corner = step.target in CORNERS
        assert (step.hint == LOOK_AT_CORNER) == corner
        assert step.hint in {HOLD_STILL, LOOK_AT_CORNER, LOOK_AT_DOT}


def test_hesitant_eyes_are_waited_for_and_there_is_time_enough() -> None:
    steps = run(attentive(latency_s=2.2, noise_deg=1.0))
    assert found(steps).screen is not None
    assert seconds(steps) < 45


def test_whoever_ignores_the_dots_is_calibrated_without_and_soon() -> None:
    steps = run(still())
    calibration = found(steps)
    assert (calibration.screen, calibration.gaze_error_deg) == (None, None)
    assert calibration.edges_error_deg == ASSUMED_ERROR_DEG
    assert calibration.eyes is not None
    assert outcome(steps).reason == NOT_FOLLOWED
    assert seconds(steps) < 3.0 + 10.0


def test_eyes_that_go_the_wrong_way_make_no_screen() -> None:
    steps = run(attentive(Screen(-16.0, 16.0, 9.0, -11.0)))
    assert outcome(steps).reason == NOT_FOLLOWED
    assert found(steps).screen is None


def test_eyes_that_wander_make_no_screen() -> None:
    draw = np.random.default_rng(11)
    places = [Face(*draw.uniform(-25, 25, 2)) for _ in range(80)]

    def look(time_s: float, target: Target | None) -> Face:
        return places[int(time_s)] if target not in (MIDDLE, None) else Face()

    assert found(run(look)).screen is None


def test_a_screen_too_flat_for_the_eyes_keeps_the_assumed_height() -> None:
    screen = found(run(attentive(Screen(16.0, -16.0, 1.0, -1.0)))).screen
    assert screen is not None
    assert (screen.top_deg, screen.bottom_deg) == (
        ASSUMED_SCREEN.top_deg,
        ASSUMED_SCREEN.bottom_deg,
    )


def test_a_blink_at_a_dot_does_no_harm() -> None:
    follow = attentive()

    def look(time_s: float, target: Target | None) -> Face | None:
        face = follow(time_s, target)
        return Face(open_share=0.05) if time_s % 2.0 < 0.2 else face

    screen = found(run(look)).screen
    assert screen is not None
    assert (screen.left_deg, screen.right_deg) == pytest.approx((16, -16), abs=1.5)


def test_somebody_who_was_away_at_a_dot_is_shown_it_again() -> None:
    follow = attentive()

    def look(time_s: float, target: Target | None) -> Face | None:
        return None if 5.0 < time_s < 8.0 else follow(time_s, target)

    steps = run(look)
    assert NO_FACE in hints(steps)
    assert found(steps).screen is not None


@pytest.mark.parametrize(
    ("apart_px", "brightness", "hint"),
    [(SMALL, 0.5, CLOSER), (LARGE, 0.5, FURTHER_AWAY), (85.0, 0.05, MORE_LIGHT)],
)
def test_one_instruction_comes_from_live_checks(
    apart_px: float, brightness: float, hint: str
) -> None:
    steps = run(still(Face(apart_px=apart_px)), until_s=2.0, brightness=brightness)
    assert hints(steps) == {hint}


@pytest.mark.parametrize(("apart_px", "brightness"), [(SMALL, 0.5), (85.0, 0.05)])
def test_who_cannot_do_better_is_calibrated_all_the_same(
    apart_px: float, brightness: float
) -> None:
    steps = run(still(Face(apart_px=apart_px)), gaze=False, brightness=brightness)
    assert found(steps).neutral.samples > 9
    assert seconds(steps) < 15


@pytest.mark.parametrize("yaw_deg", [-35, 35])
def test_a_face_that_looks_past_the_screen_is_nobodys_neutral(yaw_deg: float) -> None:
    steps = run(still(Face(yaw_deg=yaw_deg)), gaze=False)
    assert hints(steps) == {TURN_HERE}
    assert outcome(steps).calibration is None
    assert outcome(steps).reason == "the face was turned away from the camera"


def test_a_camera_may_stand_beside_the_screen() -> None:
    assert found(run(still(Face(yaw_deg=25)), gaze=False)).neutral.samples > 9


def test_a_second_living_face_stops_it_and_a_poster_does_not() -> None:
    two = (FaceBox(0.4, 0.3, 0.2, 0.4, 1.0), FaceBox(0.1, 0.1, 0.1, 0.2, 1.0))
    steps = run(still(), until_s=2.0, living=2, faces=two)
    assert hints(steps) == {MANY_FACES}
    found(run(still(), gaze=False, living=1, faces=two))


def restless(spread_deg: float) -> Look:
    draw = np.random.default_rng(4)

    def look(time_s: float, target: Target | None) -> Face:
        return Face(yaw_deg=draw.normal(0, spread_deg), pitch_deg=draw.normal(0, spread_deg))

    return look


def test_a_restless_head_is_asked_to_keep_still_until_it_does() -> None:
    shaking, quiet = restless(5.0), still()
    steps = run(lambda s, t: shaking(s, t) if s < 7 else quiet(s, t), gaze=False)
    assert found(steps).neutral.spread_deg <= 3.0
    assert 7 < seconds(steps) < 12


def test_a_head_that_never_keeps_still_is_given_up() -> None:
    steps = run(restless(8.0), Collector(START, timeout_s=10.0))
    assert outcome(steps) == CalibrationOutcome(None, "the head did not keep still for long enough")
    assert seconds(steps) == 10.0


def test_without_a_face_it_says_so_and_gives_up() -> None:
    steps = run(lambda _s, _t: None)
    assert steps[0] == CalibrationProgress(0.0, NO_FACE, MIDDLE)
    assert seconds(steps) == 45.0
    assert outcome(steps).reason == "no face was seen for long enough"


def test_when_the_time_is_up_at_the_dots_the_pose_remains() -> None:
    steps = run(attentive(), Collector(START, timeout_s=6.0))
    assert outcome(steps).reason == NO_TIME
    assert found(steps).screen is None


def test_one_lost_frame_does_no_harm() -> None:
    quiet = still()
    steps = run(lambda s, t: None if s == 1.5 else quiet(s, t), gaze=False)
    assert seconds(steps) == 3.0


def test_a_longer_absence_starts_the_hold_again() -> None:
    quiet = still()
    steps = run(lambda s, t: None if 2.0 <= s < 3.0 else quiet(s, t), gaze=False)
    assert seconds(steps) == 6.0


def test_a_camera_without_pictures_is_given_up_too() -> None:
    collector = Collector(START)
    assert collector.no_picture(START.later(1.0)) == CalibrationProgress(0.0, NO_PICTURE, MIDDLE)
    assert collector.no_picture(START.later(45.0)) == CalibrationOutcome(
        None, "the camera gave no picture"
    )


def test_a_slow_machine_needs_longer_but_gets_there() -> None:
    collector, look = Collector(START, gaze=False), still()
    for number in range(40):
        time_s = number * 0.45
        step = collector.add(sight_of(look(time_s, None), number, START.later(time_s)))
        if isinstance(step, CalibrationOutcome):
            break
    assert isinstance(step, CalibrationOutcome)
    assert step.calibration is not None
    assert step.calibration.neutral.samples == 9


def test_whoever_keeps_the_eyes_shut_is_asked_to_open_them() -> None:
    def look(time_s: float, target: Target | None) -> Face:
        return Face(open_share=0.0 if time_s < 6.0 else 1.0)

    steps = run(look, gaze=False)
    assert OPEN_EYES in hints(steps)
    assert found(steps).eyes is not None
    assert seconds(steps) < 8.0


def test_shut_eyes_do_not_take_the_place_of_open_ones() -> None:
    """Or whoever shuts them while calibrating again would not be judged by them any more."""
    opened, shut = found(run(still(), gaze=False)), outcome(run(still(Face(open_share=0.0))))
    worse = better_of(shut, opened)
    assert (worse.calibration, worse.reason) == (None, "the eyes could not be made out")
    assert better_of(shut, None) == better_of(shut, found([shut])) == shut
    better = CalibrationOutcome(opened)
    assert better_of(better, opened) is better


def test_eyes_that_are_nearly_shut_are_not_taken_for_open_ones() -> None:
    steps = run(still(Face(open_share=0.25)))
    assert OPEN_EYES in hints(steps)
    assert found(steps).eyes is None


def test_eyes_that_are_shut_all_along_leave_the_pose() -> None:
    steps = run(still(Face(open_share=0.0)))
    assert OPEN_EYES in hints(steps)
    assert found(steps).eyes is None
    assert outcome(steps).reason == "the eyes could not be made out"


@pytest.mark.parametrize("gaze", [True, False])
def test_a_calibration_survives_json_exactly(gaze: bool) -> None:
    calibration = found(run(attentive(), gaze=gaze))
    assert (calibration.screen is not None) == gaze
    assert Calibration.from_json(json.loads(json.dumps(calibration.to_json()))) == calibration


@pytest.mark.parametrize(
    "change",
    [
        {"neutral": None},
        {"eyes": 3},
        {"eyes": None},
        {"screen": None},
        {"gaze_error_deg": None},
        {"gaze_error_deg": "1.0"},
        {"gaze_error_deg": float("inf")},
        {"version": 2},
    ],
)
def test_what_is_no_calibration_is_refused(change: dict[str, object]) -> None:
    body = found(run(attentive())).to_json() | change
    with pytest.raises(ValueError, match="not a "):
        Calibration.from_json(body)


def test_an_older_record_with_the_pose_only_is_refused() -> None:
    with pytest.raises(ValueError, match="not a calibration"):
        Calibration.from_json(found(run(still(), gaze=False)).neutral.to_json())
