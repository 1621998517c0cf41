import pytest

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk.state import CandidateView
from proctor_desktop.kiosk.supervision import (
    MAX_RESTARTS,
    RESTART_SPAN_S,
    After,
    Exit,
    after_exit,
    gave_up,
    not_started,
    not_understood,
)
from tests.fakes.kiosk_views import ENDED, FATAL, view

CRASH = Exit(code=11, crashed=True)


@pytest.mark.parametrize("phase", [None, *Phase])
def test_a_monitor_that_dies_is_started_again(phase: Phase | None) -> None:
    assert after_exit(view(phase), CRASH, [], 0.0) is After.RESTART


def test_even_a_polite_exit_in_the_middle_of_an_exam_is_no_end() -> None:
    assert after_exit(view(Phase.RUNNING), Exit(0, False), [], 0.0) is After.RESTART
    assert after_exit(view(Phase.CLOSED), Exit(0, False), [], 0.0) is After.NOTHING


@pytest.mark.parametrize(
    "over",
    [
        view(Phase.CLOSED, ended=ENDED),
        view(Phase.OPENED, declined=True),
        view(Phase.RUNNING, fatal=FATAL),
    ],
)
def test_a_session_that_is_over_is_left_alone(over: CandidateView) -> None:
    assert after_exit(over, CRASH, [], 0.0) is After.NOTHING


def test_too_many_restarts_in_too_short_a_time_end_it() -> None:
    starts = [float(second) for second in range(MAX_RESTARTS)]
    assert after_exit(view(Phase.RUNNING), CRASH, starts[1:], 10.0) is After.RESTART
    assert after_exit(view(Phase.RUNNING), CRASH, starts, 10.0) is After.GIVE_UP
    assert after_exit(view(Phase.RUNNING), CRASH, starts, RESTART_SPAN_S) is After.RESTART


def test_troubles_name_what_happened_and_what_to_do() -> None:
    assert gave_up(CRASH).fatal
    assert "code 11" in gave_up(CRASH).why
    assert not_started("monitor", "no such file").fatal
    assert "no such file" in not_started("monitor", "no such file").why
    assert not not_understood("nonsense").fatal
