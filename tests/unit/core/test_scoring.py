"""Score, risk and flag from the records alone."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core.chain import EMPTY, Record, decode, encode
from proctor_desktop.core.policy import Policy, Preset, preset_defaults
from proctor_desktop.core.scoring import Risk, risk, score
from tests.playbook import moment

RULES = [name for name, _ in Policy().rules.items()]


def record(kind: str, number: int, rule: str, **more: Any) -> Record:
    """A violation's record."""
    data = {"violation": number, "rule": rule, **more}
    return decode(encode("session", EMPTY, moment(number), "boot", kind, data))


def starts(*rules: str) -> list[Record]:
    """One violation of each of these rules."""
    return [record("violation.start", n, rule) for n, rule in enumerate(rules, 1)]


def test_without_violations_the_score_is_full() -> None:
    found = score([], Policy())
    assert (found.score, found.risk, found.flagged, found.reasons) == (100, Risk.GREEN, False, ())


def test_each_violation_that_started_costs_its_penalty_once() -> None:
    life = [
        *starts("face_missing"),
        record("violation.update", 1, "face_missing"),
        record("violation.end", 1, "face_missing"),
    ]
    assert score(life, Policy()).score == 95
    assert score(life * 2, Policy()).score == 95


def test_the_penalty_in_the_record_is_not_believed() -> None:
    cheap = record("violation.start", 1, "multiple_faces", penalty=0)
    assert score([cheap], Policy()).score == 90


def test_what_is_recorded_but_not_counted_neither_costs_nor_flags() -> None:
    silences = starts(*["prolonged_silence"] * 5)
    found = score(silences, Policy())
    assert (found.score, found.flagged, found.counted) == (100, False, 0)
    assert found.counts == {"prolonged_silence": 5}
    assert score(silences, preset_defaults(Preset.INTERVIEW)).score == 75


def test_three_counted_violations_flag_a_session_and_the_reasons_say_so() -> None:
    found = score(starts("head_turned", "face_missing", "head_turned"), Policy())
    assert found.flagged
    assert found.reasons == (
        "face_missing: 1 x 5 points",
        "head_turned: 2 x 2 points",
        "flagged: 3 or more counted violations",
    )
    assert not score(starts("head_turned", "face_missing"), Policy()).flagged


def test_a_rule_that_the_policy_does_not_know_costs_nothing_but_is_shown() -> None:
    found = score(starts("telepathy"), Policy())
    assert (found.score, found.counts) == (100, {"telepathy": 1})


@pytest.mark.parametrize(
    ("points", "expected"),
    [(100, "green"), (85.1, "green"), (85, "yellow"), (50.1, "yellow"), (50, "red"), (0, "red")],
)
def test_the_bounds_of_risk(points: float, expected: str) -> None:
    assert risk(points) == expected


@given(st.lists(st.sampled_from(RULES), max_size=40))
def test_a_score_is_never_below_zero_and_never_rises_with_more_violations(
    rules: list[str],
) -> None:
    policy = preset_defaults(Preset.INTERVIEW)
    points = [score(starts(*rules[:n]), policy).score for n in range(len(rules) + 1)]
    assert points[0] == 100
    assert all(0 <= after <= before for before, after in itertools.pairwise(points))
