"""Figures as a reader wants them."""

from __future__ import annotations

import pytest

from proctor_desktop.core.policy import Rules
from proctor_desktop.export.report import words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (60, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3720, "1 h 02 min"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "00:00"), (125, "02:05"), (3725, "1:02:05"), (-10, "-00:10"), (-0.3, "00:00")],
)
def test_offsets(seconds: float, said: str) -> None:
    assert words.offset(seconds) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (41.23, "deg", "41.2°"),
        (0.914, "fraction", "91 %"),
        (8.1, "s", "8.1 s"),
        (2.0, "faces", "2 faces"),
        (None, "deg", words.DASH),
    ],
)
def test_measures(value: float | None, unit: str, said: str) -> None:
    assert words.measure(value, unit) == said


def test_sizes() -> None:
    assert [words.size(n) for n in (812, 1_400, 2_500_000)] == ["812 bytes", "1.4 kB", "2.5 MB"]


def test_every_rule_of_this_version_has_a_title() -> None:
    assert all("_" not in words.rule_title(name) for name, _ in Rules().items())
    assert all(words.rule_title(name) != name.replace("_", " ") for name, _ in Rules().items())


def test_a_rule_of_a_later_version_keeps_its_own_name() -> None:
    assert words.rule_title("mind_reading") == "mind reading"
