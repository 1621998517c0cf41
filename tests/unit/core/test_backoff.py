"""How long clients wait before they try again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core.backoff import BASE_S, CAP_IN_EXAM_S, delay_s

attempts = st.integers(min_value=1, max_value=10**9)
caps_s = st.floats(min_value=0.0, max_value=1e6)
draws = st.floats(min_value=0.0, max_value=1.0, exclude_max=True)


@given(attempts, caps_s, draws)
def test_a_wait_is_never_negative_and_never_above_the_cap(
    attempt: int, cap_s: float, draw: float
) -> None:
    assert 0.0 <= delay_s(attempt, cap_s, lambda: draw) <= cap_s


@given(attempts, draws)
def test_the_ceiling_doubles_until_it_meets_the_cap(attempt: int, draw: float) -> None:
    ceiling_s = min(CAP_IN_EXAM_S, BASE_S * 2.0 ** min(attempt, 60))
    assert delay_s(attempt, CAP_IN_EXAM_S, lambda: draw) == ceiling_s * draw


def test_the_whole_span_down_to_zero_is_used_so_that_clients_spread_out() -> None:
    assert delay_s(3, CAP_IN_EXAM_S, lambda: 0.0) == 0.0
    assert delay_s(3, CAP_IN_EXAM_S, lambda: 0.5) == 4.0
    assert delay_s(3, CAP_IN_EXAM_S, lambda: 0.999) > 7.9
