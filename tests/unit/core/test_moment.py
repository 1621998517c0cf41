"""Two clocks and how their times are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core.moment import Moment, from_rfc3339, rfc3339

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
instants = st.datetimes(datetime(1000, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))


def test_durations_come_from_the_monotonic_clock_even_when_the_wall_clock_jumps() -> None:
    before = Moment(1_000_000_000, NOON)
    after = Moment(3_500_000_000, NOON - timedelta(hours=1))
    assert after.since_s(before) == 2.5


@given(st.floats(-1e6, 1e6))
def test_later_moves_both_clocks(seconds: float) -> None:
    start = Moment(10**18, NOON)
    moved = start.later(seconds)
    assert moved.since_s(start) == pytest.approx(seconds, abs=1e-6)
    assert (moved.wall_utc - NOON).total_seconds() == pytest.approx(seconds, abs=1e-5)


@given(instants)
def test_a_time_that_is_written_can_be_read_again(when: datetime) -> None:
    assert from_rfc3339(rfc3339(when)) == when


def test_another_time_zone_is_written_as_utc() -> None:
    local = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert rfc3339(local) == "2026-06-01T12:00:00.000000Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-06-01",
        "2026-06-01T12:00:00Z",
        "2026-06-01T12:00:00.5Z",
        "2026-6-1T12:00:00.000000Z",
        "2026-06-01T12:00:00.000000+00:00",
        "2026-06-01T12:00:00.000000z",
        "2026-06-01T24:00:00.000000Z",
        "2026-02-30T12:00:00.000000Z",
        "2026-06-01T12:00:00.000000Z ",
        "٢٠٢٦-06-01T12:00:00.000000Z",
    ],
)
def test_any_other_way_to_write_a_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_rfc3339(text)
