"""Who has come to sit differently is told so, and nobody else; no rule has any part in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.eval.cases.seat import MOVES_S, leaning, resettled, seats
from tests.eval.pipeline import Sitting, sit

pytestmark = [pytest.mark.media, pytest.mark.slow]

SOONEST_S, LATEST_S = 58.0, 80.0


@pytest.fixture
def sittings(shared: Path) -> dict[str, Sitting]:
    return _sittings(shared / "media")


@cache
def _sittings(media: Path) -> dict[str, Sitting]:
    return {case.name: sitting for case, sitting in sit(seats, media)}


def test_who_sits_differently_is_told_once_after_a_minute(
    shared: Path, sittings: dict[str, Sitting]
) -> None:
    for case in resettled(shared / "media"):
        (told_s,) = sittings[case.name].hinted_s
        assert SOONEST_S <= told_s - MOVES_S <= LATEST_S, case.name


def test_who_leans_for_a_while_or_a_little_is_not(
    shared: Path, sittings: dict[str, Sitting]
) -> None:
    for case in leaning(shared / "media"):
        assert sittings[case.name].hinted_s == (), case.name


def test_another_seat_is_no_violation(sittings: dict[str, Sitting]) -> None:
    assert {name: one.fired for name, one in sittings.items() if one.fired} == {}
