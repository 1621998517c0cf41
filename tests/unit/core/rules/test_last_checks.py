"""The last few results of a check that is sometimes wrong."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core.policy import RepeatedChecks
from proctor_desktop.core.rules.last_checks import LastChecks, of_last

SETTINGS = RepeatedChecks(needed=3, checks=5)


@given(st.lists(st.none() | st.floats(0, 1)))
def test_only_the_last_results_count(results: list[float | None]) -> None:
    checks = LastChecks(SETTINGS)
    hits: tuple[float, ...] = ()
    for result in results:
        hits = checks.add(result)
    assert hits == tuple(result for result in results[-5:] if result is not None)


def test_in_words() -> None:
    assert of_last(3, SETTINGS) == "3 of the last 5"
