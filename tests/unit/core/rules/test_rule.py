"""What every rule has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proctor_desktop.core.observation import Gap, Source
from proctor_desktop.core.policy import Rules
from proctor_desktop.core.rules import Reading, Rule, enabled_rules

ALL = enabled_rules(Rules())


def test_every_rule_of_the_policy_has_its_code_in_the_same_order() -> None:
    assert [rule.name for rule in ALL] == [name for name, _ in Rules().items()]


def test_a_rule_that_is_switched_off_is_not_made_at_all() -> None:
    settings = Rules()
    without = replace(settings, focus_lost=replace(settings.focus_lost, enabled=False))
    assert {rule.name for rule in ALL} - {rule.name for rule in enabled_rules(without)} == {
        "focus_lost"
    }


def test_rules_that_remember_are_made_afresh() -> None:
    assert enabled_rules(Rules())[-1] is not enabled_rules(Rules())[-1]


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_what_the_candidate_is_told_is_a_plain_sentence_that_accuses_nobody(rule: Rule) -> None:
    assert rule.says[0].isupper()
    assert rule.says.endswith(".")
    for word in ("cheat", "violation", "suspicious", "forbidden", "warning"):
        assert word not in rule.says.lower()


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_a_span_without_anything_is_no_reading(rule: Rule) -> None:
    assert rule.read(Gap(Source.CAMERA, 3.0, "unplugged")) is None


def test_a_reading_measures_time_unless_it_says_otherwise() -> None:
    plain = Reading(True, "why")
    assert (plain.measured, plain.threshold, plain.unit, plain.frame) == (None, None, "s", None)
