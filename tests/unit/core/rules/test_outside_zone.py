"""The face at the edge of the picture."""

from __future__ import annotations

import pytest

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FaceBox, FacesSeen, FocusChanged
from proctor_desktop.core.rules.outside_zone import OutsideZone

RULE = OutsideZone(policy.OutsideZone(zone=0.6))


def at(x: float, y: float, score: float = 0.9) -> FaceBox:
    """A face whose centre is there."""
    return FaceBox(x - 0.1, y - 0.1, 0.2, 0.2, score)


@pytest.mark.parametrize(
    ("x", "y", "outside"),
    [
        (0.5, 0.5, False),
        (0.79, 0.5, False),
        (0.81, 0.5, True),
        (0.19, 0.5, True),
        (0.5, 0.81, True),
        (0.5, 0.19, True),
        (0.21, 0.79, False),
    ],
)
def test_the_zone_is_the_middle_of_the_picture_in_both_directions(
    x: float, y: float, outside: bool
) -> None:
    reading = RULE.read(FacesSeen(1, (at(x, y),)))
    assert reading is not None
    assert reading.suspicious == outside


def test_it_measures_how_wide_a_zone_would_hold_the_face() -> None:
    reading = RULE.read(FacesSeen(1, (at(0.9, 0.5, 0.7),)))
    assert reading is not None
    assert reading.measured == pytest.approx(0.8)
    assert (reading.threshold, reading.confidence) == (0.6, 0.7)


def test_of_two_faces_nobody_knows_which_is_the_candidates() -> None:
    assert RULE.read(FacesSeen(1, (at(0.95, 0.95), at(0.5, 0.5)))) is None


def test_no_face_is_another_rules_matter() -> None:
    reading = RULE.read(FacesSeen(1, ()))
    assert reading is not None
    assert not reading.suspicious


def test_other_observations_say_nothing() -> None:
    assert RULE.read(FocusChanged(True, "exam")) is None
