"""What is gone without as the disk fills up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core.disk_budget import (
    LAST_BYTES,
    LOW_BYTES,
    NO_VIDEO_BYTES,
    SAVINGS,
    TOLD,
    Level,
    next_level,
)

MB = 1_000_000


@pytest.mark.parametrize(
    ("free_mb", "level"),
    [
        (50_000, Level.AMPLE),
        (2_000, Level.AMPLE),
        (1_999, Level.LOW),
        (499, Level.NO_VIDEO),
        (99, Level.LAST),
        (0, Level.LAST),
    ],
)
def test_less_space_means_a_further_level_at_once(free_mb: int, level: Level) -> None:
    assert next_level(Level.AMPLE, free_mb * MB) is level


@pytest.mark.parametrize(
    ("now", "free_mb", "level"),
    [
        (Level.LOW, 2_400, Level.LOW),
        (Level.LOW, 2_500, Level.AMPLE),
        (Level.NO_VIDEO, 600, Level.NO_VIDEO),
        (Level.NO_VIDEO, 700, Level.LOW),
        (Level.LAST, 120, Level.LAST),
        (Level.LAST, 130, Level.NO_VIDEO),
        (Level.LAST, 50_000, Level.AMPLE),
    ],
)
def test_the_way_back_takes_a_margin(now: Level, free_mb: int, level: Level) -> None:
    assert next_level(now, free_mb * MB) is level


@given(st.sampled_from(Level), st.integers(0, 10 * LOW_BYTES))
def test_the_same_space_never_changes_a_level_twice(now: Level, free_bytes: int) -> None:
    settled = next_level(now, free_bytes)
    assert next_level(settled, free_bytes) is settled


@given(st.sampled_from([LOW_BYTES, NO_VIDEO_BYTES, LAST_BYTES]), st.integers(-9, 9))
def test_a_little_more_or_less_around_a_limit_does_not_flap(limit: int, percent: int) -> None:
    low = next_level(Level.AMPLE, limit - 1)
    assert next_level(low, limit + limit * percent // 100) >= low


def test_each_level_goes_without_what_those_before_it_do() -> None:
    assert SAVINGS[Level.AMPLE].frames_per_s is None
    assert not SAVINGS[Level.LOW].without_video
    assert SAVINGS[Level.NO_VIDEO].without_video
    assert not SAVINGS[Level.NO_VIDEO].without_overlays
    assert SAVINGS[Level.LAST].without_video
    assert SAVINGS[Level.LAST].without_overlays
    assert set(TOLD) == set(SAVINGS) == set(Level)
