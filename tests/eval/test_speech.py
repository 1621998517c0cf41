"""Speech that must go on being heard, and all else that must not be taken for it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.weights.installed import find
from tests.eval.speech import BOUND_F1, measure, write

pytestmark = [pytest.mark.media, pytest.mark.slow]

measured = cache(measure)


@pytest.fixture
def result(shared: Path) -> dict[str, Any]:
    model = find("speech")
    if model is None:
        pytest.skip("the speech model is not installed ('proctor-desktop weights sync' gets it)")
    return measured(shared, model)


@pytest.mark.parametrize("labels", ["speech", "by_loudness", "in_turn", "all", "quiet"])
def test_speech_is_found_by_the_second(result: dict[str, Any], labels: str) -> None:
    assert result[labels]["speech_s"] >= 70
    assert result[labels]["f1"] >= BOUND_F1


def test_speech_is_found_under_noise(result: dict[str, Any]) -> None:
    scores = [score for ratios in result["noise"].values() for score in ratios.values()]
    assert min(score["f1"] for score in scores) >= 0.9


def test_no_other_sound_is_a_voice(result: dict[str, Any]) -> None:
    assert result["violations_an_hour"] == 0
    assert {name: tape["false_s"] for name, tape in result["others"].items()} == dict.fromkeys(
        result["others"], 0
    )


def test_the_rule_finds_the_voice_in_every_longer_recording(result: dict[str, Any]) -> None:
    assert min(result["violations_in_speech"].values()) >= 1


def test_the_section_names_every_sound(result: dict[str, Any]) -> None:
    section = write(result)
    assert all(name in section for name in result["others"])
