"""A swapped camera is told, and what only looks a little like one is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eval.cases.cuts import swaps
from tests.eval.cuts import AIM_MISSED, WITHIN_S, measure, told_at_s

pytestmark = pytest.mark.media

EVERY = 11


def test_a_cut_is_told_of_after_a_second(shared: Path) -> None:
    first = next(iter(swaps(shared / "media")))
    assert told_at_s(first) == (4.0,)


@pytest.mark.slow
def test_of_all_pairs_few_are_missed_and_nothing_is_made_up(shared: Path) -> None:
    """Each eleventh film only; ``python -m tests.eval cuts`` takes all of them."""
    found = measure(shared, EVERY)
    assert found["cuts"]["films"] >= 10
    assert len(found["cuts"]["missed"]) <= AIM_MISSED * found["cuts"]["films"]
    assert found["cuts"]["latest_s"] <= WITHIN_S
    assert found["cuts"]["more"] == []
    assert found["outages"]["more"] == []
    assert found["honest"]["films"] >= 30
    assert found["honest"]["false"] == []
