"""What every rule has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proctor_desktop.core.observation import Gap, Source
from proctor_desktop.core.policy import Rules
from proctor_desktop.core.rules import Needs, Reading, Rule, enabled_rules

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


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_a_rule_rests_on_its_source_or_on_a_model_that_reads_it(rule: Rule) -> None:
    models = {"camera": {"objects", "identity", "liveness"}, "microphone": {"speech"}}
    assert rule.ability in {rule.source.value} | models.get(rule.source.value, set())


def test_what_needs_the_calibration() -> None:
    needs = {rule.name: rule.needs for rule in ALL if rule.needs is not Needs.NOTHING}
    assert needs == {
        "head_turned": Needs.POSE,
        "looking_away": Needs.GAZE,
        "eyes_closed": Needs.POSE,
    }


def test_how_far_a_measure_is_beyond_its_threshold_whichever_way_is_worse() -> None:
    assert Reading(True, "why", 1.0, 32.0, 30.0).excess == 2.0
    assert Reading(True, "why", 1.0, 28.0, 30.0, lower_is_worse=True).excess == 2.0
    assert Reading(True, "why").excess == 0.0
