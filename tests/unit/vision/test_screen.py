from __future__ import annotations

import json

import pytest

from proctor_desktop.vision.screen import ASSUMED_SCREEN, LEAST, Look, Screen

SCREEN = Screen(15.0, -14.0, 9.0, -13.0)


@pytest.mark.parametrize(
    ("across", "up", "outside"),
    [(0, 0, 0), (15, 9, 0), (20, 0, 5), (-20, 0, 6), (0, 12, 3), (0, -20, 7), (18, 13, 5)],
)
def test_outside_is_what_lies_beyond_the_nearest_edge(
    across: float, up: float, outside: float
) -> None:
    assert SCREEN.outside_deg(Look(across, up)) == pytest.approx(outside)


def test_the_screen_is_wider_for_somebody_who_leans_in() -> None:
    assert SCREEN.outside_deg(Look(20, 0), nearness=1.4) == 0


def test_no_screen_is_smaller_than_the_least() -> None:
    tiny = Screen(1.0, -1.0, 1.0, -1.0)
    assert tiny.outside_deg(Look(LEAST.left_deg, LEAST.bottom_deg)) == 0
    assert tiny.outside_deg(Look(LEAST.right_deg - 1, 0)) == pytest.approx(1)


def test_a_point_of_the_screen_has_its_gaze() -> None:
    assert SCREEN.at(0, 0) == Look(15.0, 9.0)
    assert SCREEN.at(1, 1) == Look(-14.0, -13.0)
    assert SCREEN.at(0.5, 0.5) == Look(0.5, -2.0)


def test_a_screen_survives_json_exactly() -> None:
    assert Screen.from_json(json.loads(json.dumps(SCREEN.to_json()))) == SCREEN


@pytest.mark.parametrize(
    "change",
    [{"left_deg": -20.0}, {"top_deg": -13.0}, {"top_deg": None}, {"left_deg": "15"}, {"extra": 1}],
)
def test_what_is_no_screen_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a screen's edges"):
        Screen.from_json(SCREEN.to_json() | change)


def test_the_assumed_screen_lies_round_the_middle() -> None:
    assert ASSUMED_SCREEN.outside_deg(Look(0, 0)) == 0


def test_the_edge_is_the_one_that_is_passed_not_the_larger_angle() -> None:
    wide = Screen(25.0, -25.0, 8.0, -8.0)
    assert wide.edge(Look(20, 18)) == "top"
    assert wide.edge(Look(-40, 10)) == "right"
    assert wide.edge(Look(20, -18)) == "bottom"
    assert wide.edge(Look(0, 0)) == ""
