"""Telling when the wall clock does not go on as time does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proctor_desktop.core.clock_watch import Asleep, ClockJump, ClockReading, ClockWatch
from proctor_desktop.core.moment import NS_PER_S, Moment
from tests.fakes.manual_clock import START

DAY_S = 86_400.0
YEARS_S = 20 * 365.25 * DAY_S


class Machine:
    """A computer with a clock on the wall, seen every half second."""

    def __init__(self) -> None:
        self.elapsed_s = 0.0
        self.asleep_s = 0.0
        self.ahead_s = 0.0
        self.watch = ClockWatch()
        self.told: list[ClockJump | Asleep] = []
        self.go_on(5)

    def go_on(self, seconds: float = 0.5) -> None:
        for _ in range(max(1, round(seconds / 0.5))):
            self.elapsed_s += 0.5
            self.told += self.watch.look(self.reading())

    def sleep(self, seconds: float) -> None:
        self.elapsed_s += seconds
        self.asleep_s += seconds

    def reading(self) -> ClockReading:
        awake_ns = round((self.elapsed_s - self.asleep_s) * NS_PER_S)
        wall = START.wall_utc + timedelta(seconds=self.elapsed_s + self.ahead_s)
        return ClockReading(Moment(awake_ns, wall), awake_ns, round(self.elapsed_s * NS_PER_S))

    def jumps(self) -> list[float]:
        return [round(one.seconds, 3) for one in self.told if isinstance(one, ClockJump)]


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_clock_that_goes_as_it_should_is_not_told_of(machine: Machine) -> None:
    machine.go_on(3600)
    assert machine.told == []


@pytest.mark.parametrize("jump_s", [2.1, -2.1, 3600, -3600, DAY_S, -DAY_S, YEARS_S, -YEARS_S])
def test_every_jump_is_told_once_with_its_size(machine: Machine, jump_s: float) -> None:
    machine.ahead_s += jump_s
    machine.go_on(60)
    (jump,) = machine.told
    assert isinstance(jump, ClockJump)
    assert jump.seconds == pytest.approx(jump_s)
    assert jump.within_s == pytest.approx(0.5)
    assert (jump.after - jump.before).total_seconds() == pytest.approx(jump_s + 0.5)


def test_there_and_back_is_two_jumps(machine: Machine) -> None:
    machine.ahead_s = DAY_S
    machine.go_on()
    machine.ahead_s = 0.0
    machine.go_on()
    assert machine.jumps() == [DAY_S, -DAY_S]


@pytest.mark.parametrize("jump_s", [1.0, -1.0, 2.0, -2.0])
def test_what_a_time_server_corrects_is_not_told(machine: Machine, jump_s: float) -> None:
    machine.ahead_s += jump_s
    machine.go_on(60)
    assert machine.told == []


def test_small_steps_that_add_up_are_told_together(machine: Machine) -> None:
    for _ in range(3):
        machine.ahead_s += 0.9
        machine.go_on(10)
    assert machine.jumps() == [2.7]
    (jump,) = machine.told
    assert isinstance(jump, ClockJump)
    assert jump.within_s > 20


def test_a_small_step_hides_no_jump_behind_it(machine: Machine) -> None:
    machine.ahead_s -= 1.0
    machine.go_on()
    machine.ahead_s += 2.5
    machine.go_on()
    assert machine.jumps() == [2.5]


def test_a_sleep_is_no_jump(machine: Machine) -> None:
    machine.sleep(8 * 3600)
    machine.go_on(60)
    assert machine.told == [Asleep(8 * 3600)]


def test_a_clock_that_is_set_during_a_sleep_is_both(machine: Machine) -> None:
    machine.sleep(3600)
    machine.ahead_s = -DAY_S
    machine.go_on()
    assert machine.told[0] == Asleep(3600)
    assert machine.jumps() == [-DAY_S]


def test_what_is_told_can_stand_in_a_record(machine: Machine) -> None:
    machine.ahead_s = 3600
    machine.go_on()
    (jump,) = machine.told
    assert isinstance(jump, ClockJump)
    assert jump.to_json() == {
        "seconds": 3600.0,
        "within_s": 0.5,
        "before": "2026-03-02T09:00:05.000000Z",
        "after": "2026-03-02T10:00:05.500000Z",
    }
