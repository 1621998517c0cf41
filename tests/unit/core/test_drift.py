"""Sitting differently than at the calibration."""

from __future__ import annotations

import pytest

from proctor_desktop.core.drift import RULE, SAYS, SeatDrift
from proctor_desktop.core.event import Calibrated, ExamStarted
from proctor_desktop.core.observation import FaceBox, FacesSeen, HeadPose
from tests.playbook import Playbook, moment

WIDTH, HEIGHT = 0.25, 0.4
"""Of the face at the calibration, in fractions of the picture: 160 x 192 pixels."""


class Sitter:
    """Somebody before the camera, one picture a second, and when the hint came."""

    def __init__(self, calibrated_with_face: bool = True) -> None:
        self.drift = SeatDrift()
        self.now_s = 0.0
        self.told_s: list[float] = []
        if calibrated_with_face:
            for _ in range(5):
                self.drift.place(moment(0), FacesSeen(0, (face(),)))
        self.drift.calibrated(moment(0))

    def until(self, end_s: float, yaw: float = 0.0, pitch: float = 0.0, **seat: float) -> Sitter:
        while self.now_s < end_s:
            self.now_s += 1.0
            now = moment(self.now_s)
            self.drift.place(now, FacesSeen(1, (face(**seat),)))
            pose = HeadPose(1, yaw, pitch, 0.0, 0.9)
            self.told_s += [self.now_s] * len(self.drift.see(now, pose))
        return self


def face(aside_px: float = 0.0, down_px: float = 0.0, near: float = 1.0) -> FaceBox:
    """The face so many pixels from where it was, and so many times as near."""
    width, height = WIDTH * near, HEIGHT * near
    x, y = 0.5 + aside_px / 640, 0.5 + down_px / 480
    return FaceBox(x - width / 2, y - height / 2, width, height, 0.9)


CHANGES = [
    {"yaw": 10.0},
    {"yaw": -10.0},
    {"pitch": 10.0},
    {"pitch": -10.0},
    {"aside_px": 105.0},
    {"aside_px": -105.0},
    {"down_px": 105.0},
    {"near": 1.4},
    {"near": 0.7},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_lasting_change_is_told_after_a_minute_and_then_every_ten(
    change: dict[str, float],
) -> None:
    first, second = Sitter().until(120).until(1200, **change).told_s
    assert 180 <= first <= 182
    assert second == first + 600


@pytest.mark.parametrize(
    "change",
    [{"yaw": 7.5}, {"pitch": -7.5}, {"aside_px": 70.0}, {"down_px": -70.0}, {"near": 1.2}],
    ids=str,
)
def test_a_small_change_is_none(change: dict[str, float]) -> None:
    assert Sitter().until(1200, **change).told_s == []


@pytest.mark.parametrize("change", [{"near": 1.6}, {"aside_px": 150.0}, {"yaw": 80.0}], ids=str)
def test_half_a_minute_of_it_is_none(change: dict[str, float]) -> None:
    sitter = Sitter().until(120).until(150, **change)
    assert sitter.until(210).until(240, **change).until(600).told_s == []


def test_looking_to_one_side_and_then_to_the_other_is_none() -> None:
    sitter = Sitter()
    for turn in range(1, 20):
        sitter.until(45.0 * turn, yaw=25.0 if turn % 2 else -25.0)
    assert sitter.told_s == []


def test_glances_in_between_do_not_hide_a_change() -> None:
    sitter = Sitter()
    for second in range(0, 120, 6):
        sitter.until(second + 5, near=1.5).until(second + 6, near=1.0)
    assert len(sitter.told_s) == 1
    assert sitter.told_s[0] <= 80


def test_while_nobody_is_seen_nothing_is_counted() -> None:
    sitter = Sitter().until(40, yaw=12)
    sitter.now_s = 300.0
    assert sitter.until(340, yaw=12).told_s == []


def test_an_empty_chair_and_a_face_without_a_size_do_no_harm() -> None:
    sitter = Sitter()
    sitter.drift.place(moment(1), FacesSeen(1, ()))
    assert sitter.until(100, near=0.0).told_s == []


def test_without_a_face_at_the_calibration_the_first_seconds_after_it_count() -> None:
    moved = Sitter(calibrated_with_face=False).until(100, near=1.5)
    assert moved.told_s == []
    assert len(moved.until(200).told_s) == 1


def test_the_engine_tells_it_without_any_violation_until_calibrated_again() -> None:
    play = Playbook().until(120, rate=1, pitch=-15)
    assert [warning.rule for warning in play.warnings] == [RULE]
    assert play.started() == []
    play.tell(Calibrated(0.5)).until(300, rate=1, pitch=0)
    assert len(play.warnings) == 1
    play.until(420, rate=1, pitch=-15)
    assert len(play.warnings) == 2


def test_the_engine_remembers_where_the_face_was_when_it_was_calibrated_before_the_exam() -> None:
    play = Playbook(running=False).until(10)
    play.tell(Calibrated(0.5)).tell(ExamStarted()).until(100, rate=1, centre=(0.67, 0.5))
    assert [warning.rule for warning in play.warnings] == [RULE]


def test_before_the_exam_nothing_is_told_nor_counted() -> None:
    play = Playbook(running=False).until(120, rate=1, pitch=-15)
    play.tell(ExamStarted()).until(170, rate=1, pitch=-15)
    assert play.warnings == []


def test_how_often_pictures_are_analysed_makes_no_difference() -> None:
    slow, fast = Playbook().until(120, rate=1, pitch=-15), Playbook().until(120, pitch=-15)
    (one,), (other,) = slow.warnings, fast.warnings
    assert abs(one.moment.since_s(other.moment)) < 2


def test_what_the_candidate_is_told_is_one_calm_line() -> None:
    assert len(SAYS) <= 80
    assert "\n" not in SAYS
