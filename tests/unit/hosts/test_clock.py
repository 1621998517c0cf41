from __future__ import annotations

import pytest

from proctor_desktop.core.clock_watch import ClockWatch
from proctor_desktop.hosts import clock


def test_both_clocks_go_forward() -> None:
    first = clock.SystemClock().now()
    second = clock.SystemClock().now()

    assert second.since_s(first) >= 0
    assert second.wall_utc.utcoffset() is not None


def test_the_boot_keeps_its_name() -> None:
    assert clock.boot_id() == clock.boot_id()
    assert clock.boot_id()


def test_a_boot_time_that_moved_by_a_second_is_the_same_boot() -> None:
    assert clock._boot_id_from(1_700_000_003.2) == clock._boot_id_from(1_700_000_004.1)
    assert clock._boot_id_from(1_700_000_003.2) != clock._boot_id_from(1_700_000_103.2)


def test_all_clocks_are_read_together_and_agree_on_what_a_moment_is() -> None:
    first = clock.SystemClock().reading()
    second = clock.SystemClock().reading()

    for name in ("awake_ns", "elapsed_ns"):
        passed_ns = getattr(second, name) - getattr(first, name)
        assert passed_ns >= 0
    assert ClockWatch().look(second) == ()


def test_a_reading_that_was_interrupted_is_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([10**12, 1, 2])
    real = clock.time.monotonic_ns
    readings: list[int] = []

    def slow_at_first() -> tuple[int, int]:
        readings.append(len(readings))
        if len(readings) == 1:
            monkeypatch.setattr(clock.time, "monotonic_ns", lambda: real() + next(moments, 3))
        return 1, 1

    monkeypatch.setattr(clock, "_awake_and_elapsed_ns", slow_at_first)
    clock.SystemClock().reading()
    assert len(readings) == 2
