"""What honest candidates do all the time fires nothing."""

from __future__ import annotations

import random

import pytest

from proctor_desktop.core.policy import Preset, preset_defaults
from tests.playbook import Playbook, nothing


def test_ten_minutes_of_blinking_glancing_and_single_words() -> None:
    chance = random.Random(7)
    play = Playbook()
    for start in range(3, 603, 3):
        words = {"speech": 1.0} if start % 12 == 0 else {}
        play.until(start - 1, yaw=chance.uniform(-15, 15), pitch=chance.uniform(-12, 8))
        play.until(start - 1 + chance.choice((0.125, 0.25, 0.375)), openness=0.05)
        play.until(start, outside_deg=12.0 if start % 9 == 0 else 0.0, **words)
    play.end().expects(nothing)
    assert play.warnings == []


@pytest.mark.parametrize("preset", Preset)
def test_a_poster_in_the_background_costs_nothing(preset: Preset) -> None:
    play = Playbook(preset_defaults(preset)).until(60, poster_since=-60).end()
    assert play.started() == ["pictured_face"]
    assert play.start_of("pictured_face")["penalty"] == 0


def test_reading_the_lower_screen_for_long_is_neither_closed_eyes_nor_a_turned_head() -> None:
    Playbook().until(120, pitch=-18, openness=0.2, looking_down=True).expects(nothing)


def test_thinking_quite_still_for_twenty_seconds_is_not_an_absence() -> None:
    play = Playbook().until(10).until(30, still_since=10).until(40)
    assert "face_missing" not in play.started()
