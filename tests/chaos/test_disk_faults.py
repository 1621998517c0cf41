"""A disk that refuses costs what it must, and that is said."""

from __future__ import annotations

import pytest

from tests.chaos import disk_faults


@pytest.mark.slow
def test_whatever_the_disk_refuses_nothing_dies_and_nothing_is_dropped_silently() -> None:
    found = disk_faults.measure(disk_faults.SHORT)
    assert found["sessions"] > 20
    assert (found["crashed"], found["silent"]) == (0, 0)
    assert found["not_captured"] > 0
    assert "| sittings |" in disk_faults.write(found)
