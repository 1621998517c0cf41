from __future__ import annotations

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
