"""A call of SQLite that the system refuses costs what it must, and that is said."""

from __future__ import annotations

import pytest

from tests.bench.not_measured import NotMeasured
from tests.chaos import system_faults


@pytest.mark.slow
def test_whichever_call_of_sqlite_is_refused_nothing_acknowledged_is_lost() -> None:
    try:
        found = system_faults.measure(system_faults.SHORT)
    except NotMeasured as problem:
        pytest.skip(str(problem))
    assert found["refused"] >= found["sittings"] > 10
    assert (found["crashed"], found["silent"], found["lost"]) == (0, 0, 0)
    assert found["acknowledged"] > 0
    assert found["ended"] > 0
    assert found["told"] > 0
    assert "| sittings |" in system_faults.write(found)
