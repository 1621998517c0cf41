"""Clocks that jump; ``python -m tests.chaos clock`` does it many times."""

from __future__ import annotations

import pytest

from tests.chaos import clock


@pytest.mark.slow
def test_no_clock_changes_the_order_holds_up_an_upload_or_goes_untold() -> None:
    figures = clock.measure(clock.SHORT)
    assert {name: figures[name] for name in clock.FAILURES} == dict.fromkeys(clock.FAILURES, 0)
    assert (figures["jumps"], figures["sleeps"]) == (15, 5)
    assert "stalled | **0**" in clock.write(figures)
