from proctor_desktop.vision.schedule import (
    CALM_S,
    MISSED_LIMIT,
    SHED_ORDER,
    WINDOW_FRAMES,
    Check,
    Load,
    Schedule,
)
from tests.playbook import moment

ALL = frozenset(Check)
NONE: frozenset[Check] = frozenset()


def ran(schedule: Schedule, seconds: float, resting: frozenset[Check] = NONE) -> list[Check | None]:
    """One entry a tick at eight ticks a second."""
    made = []
    for tick in range(round(seconds * 8)):
        check = schedule.due(moment(tick / 8), resting)
        if check is not None:
            schedule.done(check, moment(tick / 8))
        made.append(check)
    return made


def test_no_tick_has_two_checks_and_each_check_keeps_its_own_rhythm():
    made = ran(Schedule(ALL), 60)
    assert made.count(Check.OBJECTS) in (59, 60)
    assert made.count(Check.LIVENESS) in (29, 30)
    assert made.count(Check.IDENTITY) == 2


def test_a_check_that_could_not_be_made_stays_due():
    schedule = Schedule(frozenset({Check.IDENTITY}))
    assert schedule.due(moment(0), NONE) is Check.IDENTITY
    assert schedule.due(moment(1), NONE) is Check.IDENTITY
    schedule.done(Check.IDENTITY, moment(1))
    assert schedule.due(moment(2), NONE) is None


def test_a_check_can_be_asked_for_sooner():
    schedule = Schedule(frozenset({Check.IDENTITY}))
    schedule.done(Check.IDENTITY, moment(0), again_in_s=5)
    assert schedule.due(moment(4), NONE) is None
    assert schedule.due(moment(5), NONE) is Check.IDENTITY
    schedule.done(Check.IDENTITY, moment(5))
    schedule.hurry(Check.IDENTITY)
    assert schedule.due(moment(6), NONE) is Check.IDENTITY


def test_hurrying_a_check_whose_model_is_missing_changes_nothing():
    schedule = Schedule(NONE)
    schedule.hurry(Check.IDENTITY)
    assert schedule.due(moment(0), NONE) is None


def test_what_rests_is_left_out_and_the_others_go_on():
    made = ran(Schedule(ALL), 10, frozenset({Check.OBJECTS}))
    assert Check.OBJECTS not in made
    assert made.count(Check.LIVENESS) == 5


def test_a_machine_that_keeps_up_sheds_nothing():
    load = Load(ALL)
    assert not any(load.analysed(number, moment(number / 8)) for number in range(1000))
    assert load.resting == NONE


def test_a_missed_picture_now_and_then_sheds_nothing():
    load = Load(ALL)
    number = 0
    for tick in range(400):
        number += 2 if tick % 10 == 0 else 1
        load.analysed(number, moment(number / 8))
    assert load.resting == NONE


def test_a_machine_that_falls_behind_sheds_the_costliest_first_and_then_the_rest():
    load, rested = Load(ALL), []
    for tick in range(10 * WINDOW_FRAMES):
        if load.analysed(tick * 2, moment(tick / 4)):
            rested.append(load.resting)
    assert rested == [frozenset(SHED_ORDER[: n + 1]) for n in range(len(SHED_ORDER))]


def test_after_a_calm_while_they_come_back_one_by_one():
    load = Load(ALL)
    load.analysed(0, moment(0))
    load.analysed(MISSED_LIMIT + 2, moment(1))
    assert load.resting == frozenset(SHED_ORDER[:1])
    number, changes = MISSED_LIMIT + 2, 0
    for tick in range(1, round((CALM_S + 2) * 8)):
        changes += load.analysed(number + tick, moment(1 + tick / 8))
    assert (load.resting, changes) == (NONE, 1)


def test_checks_whose_model_is_missing_are_not_shed():
    load = Load(frozenset({Check.IDENTITY}))
    load.analysed(0, moment(0))
    assert load.analysed(100, moment(13))
    assert load.resting == frozenset({Check.IDENTITY})
