from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.sources.pacing import interval_ns, next_due_ns, wait_s

EVERY = interval_ns(8)


def test_eight_a_second_is_one_every_125_ms() -> None:
    assert EVERY == 125_000_000


def test_being_late_does_not_move_the_grid() -> None:
    assert next_due_ns(1000, 1030, 100) == 1100


def test_a_stall_is_not_caught_up_with() -> None:
    assert next_due_ns(1000, 1730, 100) == 1800


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(1, 10**10))
def test_the_next_due_time_is_the_first_on_the_grid_after_now(
    due: int, late: int, every: int
) -> None:
    now = due + late
    following = next_due_ns(due, now, every)
    assert now < following <= now + every
    assert (following - due) % every == 0


def test_waiting_is_never_negative() -> None:
    assert wait_s(2_000_000_000, 500_000_000) == 1.5
    assert wait_s(1, 2) == 0
