"""Another program takes all space, the monitor is killed: nothing that was recorded is lost."""

from __future__ import annotations

import pytest

from tests.bench.not_measured import NotMeasured
from tests.chaos import eaten_disk


@pytest.mark.slow
def test_on_an_eaten_disk_a_kill_loses_nothing_that_was_recorded() -> None:
    try:
        found = eaten_disk.measure(eaten_disk.SHORT)
    except NotMeasured as problem:
        pytest.skip(str(problem))
    (run,) = found["runs"]
    assert eaten_disk.failed(found) == 0, run
    assert run["free_bytes"] == 0, "the disk was never full"
    assert run["on_full_disk"] > 5
    assert run["stills_on_full_disk"] > 0
    assert "| 12 s | 0 |" in eaten_disk.write(found)
