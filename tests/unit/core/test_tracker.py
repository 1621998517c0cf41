"""One rule's readings over time."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core import policy
from proctor_desktop.core.rules.face_missing import FaceMissing
from proctor_desktop.core.rules.focus_lost import FocusLost
from proctor_desktop.core.rules.looking_away import LookingAway
from proctor_desktop.core.rules.multiple_faces import MultipleFaces
from proctor_desktop.core.rules.rule import VISION_RATE, Reading, Rule
from proctor_desktop.core.tracker import (
    EARLY_SHARE,
    SETTLE_S,
    STALE_S,
    Tracker,
    Turn,
    stale_after_s,
)
from proctor_desktop.core.violation import Ending
from tests.playbook import moment


class Feed:
    """Feeds one tracker and keeps its turns."""

    def __init__(self, rule: Rule) -> None:
        self.tracker = Tracker(rule)
        self.turns: list[tuple[float, Turn]] = []
        self._number = 1

    def __call__(
        self, at_s: float, suspicious: bool, confidence: float = 1.0, **more: float
    ) -> None:
        reading = Reading(suspicious, "reason", confidence, more.get("measured"))
        self._keep(at_s, self.tracker.feed(moment(at_s), reading, self._number, 0.5))

    def read(self, at_s: float, reading: Reading) -> None:
        self._keep(at_s, self.tracker.feed(moment(at_s), reading, self._number, 0.5))

    def steadily(self, from_s: float, to_s: float, suspicious: bool, per_s: float = 8) -> None:
        """Readings at a steady rate, both ends included."""
        for step in range(round((to_s - from_s) * per_s) + 1):
            self(from_s + step / per_s, suspicious)

    def tick(self, at_s: float) -> None:
        self._keep(at_s, self.tracker.tick(moment(at_s), self._number, 0.5))

    def end(self, at_s: float, ending: Ending = Ending.SESSION_CLOSED) -> None:
        self._keep(at_s, self.tracker.end(moment(at_s), ending, 0.5))

    def kinds(self) -> list[str]:
        return [turn.kind for _, turn in self.turns]

    def _keep(self, at_s: float, turns: list[Turn]) -> None:
        for turn in turns:
            self._number += turn.kind == "start"
            self.turns.append((at_s, turn))


def missing(**settings: float) -> FaceMissing:
    return FaceMissing(policy.FaceMissing(**{"after_s": 1.0, **settings}))


def focus() -> FocusLost:
    return FocusLost(policy.FocusLost(after_s=0.3))


def test_a_violation_starts_when_its_time_has_run_and_counts_from_the_onset() -> None:
    feed = Feed(missing())
    feed.steadily(10, 11, True)
    ((at_s, start),) = feed.turns
    assert (at_s, start.kind, start.violation.duration_s) == (11, "start", 1.0)
    assert start.violation.onset == moment(10)


def test_a_picture_that_comes_a_little_early_is_not_waited_for_again() -> None:
    feed = Feed(missing())
    feed.steadily(10, 10.875, True)
    feed(10.98, True)
    assert [(at_s, turn.kind) for at_s, turn in feed.turns] == [(10.98, "start")]


def test_the_picture_before_the_last_is_too_early() -> None:
    feed = Feed(missing())
    feed.steadily(10, 10.875, True)
    feed(10.96, True)
    assert feed.turns == []


def test_a_single_clear_reading_before_the_start_begins_anew() -> None:
    feed = Feed(missing())
    feed.steadily(0, 0.875, True)
    feed(0.9, False)
    feed.steadily(1, 1.875, True)
    assert feed.turns == []


def test_after_the_start_a_flicker_is_not_the_end() -> None:
    feed = Feed(missing())
    feed.steadily(0, 1.5, True)
    feed.steadily(1.6, 1.6 + SETTLE_S - 0.125, False)
    feed.steadily(2.2, 4, True)
    assert "end" not in feed.kinds()
    assert feed.tracker.open_number == 1


def test_it_ends_at_the_first_clear_reading_once_that_has_settled() -> None:
    feed = Feed(missing())
    feed.steadily(0, 2, True)
    feed.steadily(2.125, 4, False)
    at_s, end = feed.turns[-1]
    assert (end.kind, end.ending, at_s) == ("end", Ending.CLEARED, 2.125 + SETTLE_S)
    assert end.violation.duration_s == 2.125


def test_the_next_one_waits_for_the_cooldown_after_the_end() -> None:
    feed = Feed(missing(cooldown_s=10))
    feed.steadily(0, 2, True)
    feed.steadily(2.125, 4, False)
    feed.steadily(4.125, 14, True)
    assert [at_s for at_s, turn in feed.turns if turn.kind == "start"] == [1.0, 12.125]


def test_the_cooldown_holds_after_an_end_for_want_of_readings_too() -> None:
    feed = Feed(missing(cooldown_s=20))
    feed.steadily(0, 2, True)
    feed.end(2, Ending.SOURCE_LOST)
    feed.steadily(5, 25, True)
    assert [at_s for at_s, turn in feed.turns if turn.kind == "start"] == [1.0, 22.0]


def test_readings_that_stop_end_it_with_the_last_of_them() -> None:
    feed = Feed(missing())
    feed.steadily(0, 2, True)
    feed(2 + STALE_S + 0.1, True)
    end = feed.turns[-1][1]
    assert (end.kind, end.ending, end.violation.duration_s) == ("end", Ending.SOURCE_LOST, 2.0)


def test_a_tick_notices_that_readings_stopped() -> None:
    feed = Feed(missing())
    feed.steadily(0, 2, True)
    feed.tick(2 + STALE_S)
    assert "end" not in feed.kinds()
    feed.tick(2 + STALE_S + 0.1)
    assert feed.kinds()[-1] == "end"


def test_a_loss_that_is_told_late_does_not_lengthen_what_was_seen() -> None:
    feed = Feed(missing())
    feed.steadily(0, 2, True)
    feed.end(30, Ending.SOURCE_LOST)
    assert feed.turns[-1][1].violation.duration_s == 2.0


def test_the_end_of_the_exam_ends_it_at_once() -> None:
    feed = Feed(missing())
    feed.steadily(0, 2, True)
    feed.end(2.5)
    (end,) = [turn for _, turn in feed.turns if turn.kind == "end"]
    assert (end.ending, end.violation.duration_s) == (Ending.SESSION_CLOSED, 2.5)
    assert feed.tracker.open_number is None


def test_what_has_not_started_ends_without_a_word() -> None:
    feed = Feed(missing())
    feed.steadily(0, 0.5, True)
    feed.end(0.6)
    assert feed.turns == []


def test_the_worst_reading_is_what_is_reported() -> None:
    feed = Feed(missing(after_s=0))
    for at_s, measured in ((0, 31.0), (1.5, 48.0), (3, 35.0)):
        feed(at_s, True, measured=measured)
    feed.end(3.1)
    assert [turn.violation.measured for _, turn in feed.turns] == [31, 48, 48, 48]


def test_a_rule_that_wants_several_readings_in_a_row_waits_for_them() -> None:
    feed = Feed(MultipleFaces(policy.MultipleFaces(analyses=3)))
    feed(0, True)
    feed(0.1, True)
    feed(0.2, False)
    feed(0.3, True)
    feed(0.4, True)
    assert feed.turns == []
    feed(0.5, True)
    assert feed.kinds() == ["start"]


def test_a_state_that_holds_starts_with_a_tick_and_asks_to_be_woken_for_it() -> None:
    feed = Feed(focus())
    feed(10, True)
    assert feed.turns == []
    assert feed.tracker.wake_at_ns() == moment(10.3).mono_ns
    feed.tick(10.3)
    assert feed.kinds() == ["start"]
    assert feed.tracker.wake_at_ns() == moment(11.3).mono_ns
    feed.tick(11.3)
    assert feed.kinds() == ["start", "update"]


def test_a_state_that_holds_does_not_go_stale() -> None:
    feed = Feed(focus())
    feed(0, True)
    feed.tick(0.3)
    feed.tick(3600)
    feed.end(3601)
    assert feed.turns[-1][1].violation.duration_s == 3601


def test_a_state_that_is_over_ends_with_the_tick_after_it_settled() -> None:
    feed = Feed(focus())
    feed(0, True)
    feed.tick(0.3)
    feed(2, False)
    assert feed.tracker.wake_at_ns() == moment(2 + SETTLE_S).mono_ns
    feed.tick(2 + SETTLE_S)
    assert feed.turns[-1][1].ending is Ending.CLEARED
    assert feed.tracker.wake_at_ns() is None


def test_no_reading_of_a_rate_no_wake() -> None:
    feed = Feed(missing())
    feed.steadily(0, 2, True)
    assert feed.tracker.wake_at_ns() is None


@given(
    st.lists(st.tuples(st.floats(0.01, 4.0), st.booleans(), st.floats(0, 1)), max_size=80),
    st.floats(0, 3),
    st.floats(0, 3),
)
def test_whatever_comes_in_lives_are_whole_and_turns_are_spaced(
    steps: list[tuple[float, bool, float]], after_s: float, cooldown_s: float
) -> None:
    feed = Feed(missing(after_s=after_s, cooldown_s=cooldown_s))
    now_s = 0.0
    for pause_s, suspicious, confidence in steps:
        now_s += pause_s
        feed(now_s, suspicious, confidence)
    feed.end(now_s + 0.1)
    open_number: int | None = None
    for _, turn in feed.turns:
        if turn.kind == "start":
            assert open_number is None
            assert turn.violation.duration_s >= after_s - EARLY_SHARE / VISION_RATE - 1e-6
            open_number = turn.violation.number
        assert turn.violation.number == open_number
        assert (turn.ending is None) == (turn.kind != "end")
        assert 0 <= turn.violation.confidence <= 1
        assert turn.violation.duration_s >= 0
        if turn.kind == "end":
            open_number = None
    assert open_number is None
    loud = [at_s for at_s, turn in feed.turns if turn.kind != "end"]
    assert all(after - before >= 0.999 for before, after in itertools.pairwise(loud))


def test_what_had_lasted_already_counts_from_its_own_beginning() -> None:
    feed = Feed(missing(after_s=2))
    feed.read(10, Reading(True, "why", since_s=1.5))
    assert feed.turns == []
    feed.read(10.5, Reading(True, "why", since_s=2.0))
    ((_, start),) = feed.turns
    assert (start.violation.duration_s, start.violation.onset) == (2.0, moment(8.5))
    assert start.violation.confidence == 0.4  # two pictures of the five that were due


def test_no_reading_reaches_back_further_than_a_day() -> None:
    feed = Feed(missing(after_s=0))
    for since_s in (1e300, float("nan"), -5.0):
        feed.read(10, Reading(True, "why", since_s=since_s))
    assert feed.turns[0][1].violation.duration_s == 24 * 3600


def test_what_needs_no_proof_starts_at_once() -> None:
    feed = Feed(missing(after_s=60))
    feed.read(10, Reading(True, "gone", at_once=True))
    assert feed.kinds() == ["start"]


def test_a_reading_that_only_holds_goes_on_with_it_but_starts_nothing() -> None:
    feed = Feed(missing())
    holds = Reading(False, "nearly", holds=True)
    for tenth in range(30):
        feed.read(tenth / 10, holds)
    feed.read(3.0, Reading(True, "over"))
    for tenth in range(31, 60):
        feed.read(tenth / 10, holds)
    assert feed.turns == []
    feed.read(6.0, Reading(True, "over"))
    for tenth in range(61, 90):
        feed.read(tenth / 10, holds)
    assert feed.kinds() == ["start", "update", "update"]
    assert feed.turns[-1][1].violation.reason.startswith("over")


def test_of_measures_that_are_worse_the_lower_the_lowest_is_told() -> None:
    feed = Feed(missing(after_s=0))
    for at_s, measured in ((0, 0.5), (0.5, 0.2), (1.0, 0.4)):
        feed.read(at_s, Reading(True, f"{measured}", 1.0, measured, 0.6, lower_is_worse=True))
    assert [turn.violation.measured for _, turn in feed.turns] == [0.5, 0.2]


def test_a_rule_that_bridges_takes_a_short_clear_spell_for_nothing_and_a_long_one_for_the_end() -> (
    None
):
    for clear_s, kinds in ((0.375, ["start"]), (0.75, [])):
        feed = Feed(LookingAway(policy.LookingAway(after_s=2.0)))
        feed.steadily(0, 1, True)
        feed.steadily(1.125, 1 + clear_s - 0.125, False)
        feed.steadily(1 + clear_s, 2.25, True)
        assert feed.kinds() == kinds


def test_rare_readings_are_not_stale_before_the_next_but_one_is_overdue() -> None:
    assert (stale_after_s(8.0), stale_after_s(1.0)) == (STALE_S, STALE_S)
    assert (stale_after_s(0.5), stale_after_s(1 / 30)) == (5.0, 75.0)


def test_the_longer_it_lasts_the_rarer_it_is_told() -> None:
    feed = Feed(missing())
    feed.steadily(0, 1000, True, per_s=2)
    assert feed.kinds()[:8] == ["start", *["update"] * 7]
    assert 30 < len(feed.turns) < 70
    assert feed.turns[-1][0] > 900
