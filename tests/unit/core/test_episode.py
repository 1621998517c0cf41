"""A run of suspicious readings."""

from __future__ import annotations

from proctor_desktop.core.episode import begin
from proctor_desktop.core.rules.rule import Reading
from tests.playbook import moment


def test_it_began_before_its_first_reading_if_that_says_so() -> None:
    episode = begin(moment(10), Reading(True, "why", since_s=2.5))
    assert (episode.onset, episode.first, episode.latest) == (moment(7.5), moment(10), moment(10))


def test_a_reading_that_only_holds_is_counted_but_never_the_worst() -> None:
    over, near = Reading(True, "over", 1.0, 32.0, 30.0), Reading(False, "near", 1.0, 60.0, 30.0)
    episode = begin(moment(0), over)
    episode.add(moment(0), over)
    episode.add(moment(1), near)
    assert (episode.readings, episode.worst, episode.latest) == (2, over, moment(1))


def test_of_two_limits_the_one_that_is_passed_further_is_the_worst() -> None:
    left, down = Reading(True, "left", 1.0, 40.0, 30.0), Reading(True, "down", 1.0, 39.0, 25.0)
    episode = begin(moment(0), left)
    for at_s, reading in enumerate((left, down, left)):
        episode.add(moment(at_s), reading)
    assert episode.worst is down
