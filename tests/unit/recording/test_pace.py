"""Fewer pictures while encoding takes too much of the machine."""

from __future__ import annotations

from proctor_desktop.core.observation import Health
from proctor_desktop.recording.pace import Pace
from tests.fakes.manual_clock import START
from tests.fakes.reports import Reports


def test_the_rate_falls_while_encoding_takes_too_much_and_comes_back_when_it_does_not() -> None:
    reports, limits = Reports(), list[float | None]()
    pace = Pace(2.0, limits.append, reports)
    for second in range(25):
        pace.encoded(START.later(second), 0.9)
    assert limits == [1.0, 0.5]
    for second in range(25, 160):
        pace.encoded(START.later(second), 0.01)
    assert limits == [1.0, 0.5, 1.0, None]
    assert [state for state, _ in reports.states] == [
        Health.DEGRADED,
        Health.DEGRADED,
        Health.DEGRADED,
        Health.OK,
    ]
    assert "1 pictures a second" in reports.states[0][1]


def test_one_slow_picture_changes_nothing() -> None:
    reports, limits = Reports(), list[float | None]()
    pace = Pace(1.0, limits.append, reports)
    for second in range(60):
        pace.encoded(START.later(second), 3.0 if second == 30 else 0.05)
    assert (limits, reports.all) == ([], [])


def test_it_does_not_fall_below_one_picture_in_five_seconds() -> None:
    limits = list[float | None]()
    pace = Pace(1.0, limits.append, Reports())
    for second in range(200):
        pace.encoded(START.later(second), 5.0)
    assert limits[-1] == 0.2
    assert len(limits) == 3
