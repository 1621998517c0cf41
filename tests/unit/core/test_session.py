"""The steps of a session."""

from __future__ import annotations

import itertools

import pytest

from proctor_desktop.core.session import PHASE_OF_RECORD, Phase, WrongPhase, advance


def test_a_session_goes_through_its_steps_in_order() -> None:
    for now, to in itertools.pairwise(Phase):
        assert advance(now, to) is to


@pytest.mark.parametrize("now", [phase for phase in Phase if phase is not Phase.CLOSED])
def test_every_session_can_be_closed(now: Phase) -> None:
    assert advance(now, Phase.CLOSED) is Phase.CLOSED


@pytest.mark.parametrize("to", list(Phase))
def test_a_closed_session_goes_nowhere(to: Phase) -> None:
    with pytest.raises(WrongPhase, match="closed"):
        advance(Phase.CLOSED, to)


def test_no_step_can_be_left_out_or_taken_back() -> None:
    for at, to in itertools.product(range(5), range(5)):
        if to > at + 1 or to < at:
            with pytest.raises(WrongPhase):
                advance(list(Phase)[at], list(Phase)[to])


def test_a_calibration_can_be_done_again() -> None:
    assert advance(Phase.CALIBRATED, Phase.CALIBRATED) is Phase.CALIBRATED


def test_each_phase_has_a_record_that_tells_recovery_of_it() -> None:
    assert set(PHASE_OF_RECORD.values()) == set(Phase)
