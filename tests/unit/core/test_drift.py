"""Sitting differently than at the calibration."""

from __future__ import annotations

from proctor_desktop.core.drift import RULE, SeatDrift
from proctor_desktop.core.event import Calibrated
from proctor_desktop.core.observation import HeadPose
from tests.playbook import Playbook, moment


def told_at(*poses: tuple[float, float], drift: SeatDrift | None = None) -> list[float]:
    """When the hint comes, for ``(until_s, yaw)`` one pose a second."""
    drift, now_s, told = drift or SeatDrift(), 0.0, []
    for until_s, yaw in poses:
        while now_s < until_s:
            now_s += 1.0
            told += [now_s] * len(drift.see(moment(now_s), HeadPose(1, yaw, 0.0, 0.0, 0.9)))
    return told


def test_who_sits_twelve_degrees_off_for_minutes_is_told_once_in_ten_minutes() -> None:
    (first, second) = told_at((1200, 12.0))
    assert 120 <= first <= 140
    assert second == first + 600


def test_neither_a_small_shift_nor_long_looks_to_both_sides_are_drift() -> None:
    assert told_at((1200, 7.5)) == []
    assert told_at(*[(60.0 * n, 25.0 if n % 2 else -25.0) for n in range(1, 20)]) == []


def test_one_long_turn_of_the_head_is_not_drift() -> None:
    assert told_at((300, 0.0), (330, 80.0), (600, 0.0)) == []


def test_the_engine_tells_it_without_any_violation_until_calibrated_again() -> None:
    play = Playbook().until(240, rate=1, pitch=-15)
    assert [warning.rule for warning in play.warnings] == [RULE]
    assert play.started() == []
    play.tell(Calibrated(0.5)).until(500, rate=1, pitch=0)
    assert len(play.warnings) == 1
    play.until(740, rate=1, pitch=-15)
    assert len(play.warnings) == 2


def test_how_often_pictures_are_analysed_makes_no_difference() -> None:
    slow, fast = Playbook().until(240, rate=1, pitch=-15), Playbook().until(240, rate=4, pitch=-15)
    (one,), (other,) = slow.warnings, fast.warnings
    assert abs(one.moment.since_s(other.moment)) < 2
