"""Named deadlines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.monitor.timers import Timers

S = NS_PER_S
times_ns = st.integers(0, 10**15)
names = st.sampled_from("abcd")


def test_a_deadline_comes_due_once() -> None:
    timers = Timers()
    timers.at("photo", 5 * S)
    assert timers.due(5 * S - 1) == []
    assert timers.due(5 * S) == ["photo"]
    assert timers.due(100 * S) == []


def test_a_deadline_can_be_moved_and_forgotten() -> None:
    timers = Timers()
    timers.at("wake", 5 * S)
    timers.at("wake", 9 * S)
    assert timers.due(8 * S) == []
    timers.cancel("wake")
    timers.cancel("wake")
    assert timers.due(10 * S) == []


def test_a_beat_repeats_without_drifting_though_it_is_looked_at_late() -> None:
    timers = Timers()
    timers.every("beat", 5.0, 0)
    looks = [step * 1.5 for step in range(15)]
    assert [at_s for at_s in looks if timers.due(round(at_s * S))] == [6.0, 10.5, 15.0, 21.0]


def test_beats_that_were_slept_through_are_not_made_up_for() -> None:
    timers = Timers()
    timers.every("beat", 5.0, 0)
    assert timers.due(3600 * S) == ["beat"]
    assert timers.due(3600 * S) == []
    assert timers.due(3605 * S) == ["beat"]


def test_what_is_due_comes_in_the_order_of_its_time() -> None:
    timers = Timers()
    for name, due in (("c", 3), ("a", 1), ("b", 2)):
        timers.at(name, due * S)
    assert timers.due(3 * S) == ["a", "b", "c"]


def test_a_cancelled_beat_stops() -> None:
    timers = Timers()
    timers.every("beat", 1.0, 0)
    timers.cancel("beat")
    assert timers.due(10 * S) == []


@given(st.dictionaries(names, times_ns), times_ns, st.floats(0, 100))
def test_a_wait_is_never_negative_nor_longer_than_asked_and_misses_nothing(
    deadlines: dict[str, int], now_ns: int, at_most_s: float
) -> None:
    timers = Timers()
    for name, due_ns in deadlines.items():
        timers.at(name, due_ns)
    wait_s = timers.wait_s(now_ns, at_most_s)
    assert 0 <= wait_s <= at_most_s
    later_ns = now_ns + round(wait_s * S)
    slack_ns = 1000  # a float does not hold every nanosecond of a fortnight
    assert all(due >= later_ns - slack_ns for due in deadlines.values() if due > now_ns)
    if any(due <= now_ns for due in deadlines.values()):
        assert wait_s == 0


@given(
    st.lists(st.tuples(st.integers(1, 5 * S), st.sampled_from(["at", "every", "look"]), names)),
    st.floats(0.001, 3),
)
def test_nothing_rings_before_its_time_and_everything_rings(
    steps: list[tuple[int, str, str]], period_s: float
) -> None:
    timers, now_ns = Timers(), 0
    expected: dict[str, int] = {}
    for pause_ns, action, name in steps:
        now_ns += pause_ns
        if action == "at":
            timers.cancel(name)
            timers.at(name, now_ns + S)
            expected[name] = now_ns + S
        elif action == "every":
            timers.every(name, period_s, now_ns)
            expected[name] = now_ns + round(period_s * S)
        else:
            rung = timers.due(now_ns)
            assert set(rung) == {n for n, due in expected.items() if due <= now_ns}
            assert not timers.due(now_ns)
            for one in rung:
                del expected[one]
                timers.cancel(one)
