"""A disk that a sitting fills up costs what it must, and that is said."""

from __future__ import annotations

import pytest

from tests.bench.not_measured import NotMeasured
from tests.chaos import small_disk


@pytest.mark.slow
def test_a_disk_that_fills_up_loses_nothing_that_was_acknowledged() -> None:
    try:
        found = small_disk.measure()
    except NotMeasured as problem:
        pytest.skip(str(problem))
    freed, full = found[small_disk.FREED], found[small_disk.FULL]
    assert small_disk.failed(found) == 0
    for one in (freed, full):
        assert one["least_free_bytes"] < 64 * 1024, "the disk was never full"
        assert one["acknowledged"] > 10
    assert (freed["told"], freed["not_captured"] > 0) == ("", True)
    assert "Free some space" in full["told"]
    assert "| full to the end |" in small_disk.write(found)
