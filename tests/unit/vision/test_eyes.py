from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from proctor_desktop.core.moment import Moment
from proctor_desktop.vision.eyes import CastDown, Eyes, cast_down, eyes_of, openness, usual_eyes
from proctor_desktop.vision.geometry import Angles, fit
from tests.fakes.gazing import REFERENCE, Face, gazing_mesh

START = Moment(0, datetime(2026, 3, 1, tzinfo=UTC))
LEVEL = Angles(0.0, 0.0, 0.0)


def eyes(face: Face) -> Eyes:
    mesh = gazing_mesh(face)
    found = eyes_of(mesh, fit(mesh, REFERENCE).rotation)
    assert found is not None
    return found


USUAL = eyes(Face())


def test_open_eyes_are_as_open_as_at_calibration() -> None:
    assert openness(eyes(Face()), USUAL) == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.8, 1.2])
def test_openness_is_a_share_of_the_persons_own(share: float) -> None:
    assert openness(eyes(Face(open_share=share)), USUAL) == pytest.approx((share, share), abs=0.01)


@pytest.mark.parametrize(
    "turned",
    [Face(yaw_deg=25), Face(pitch_deg=15), Face(roll_deg=20), Face(apart_px=30), Face(left_deg=20)],
)
def test_neither_the_head_nor_the_distance_nor_the_gaze_closes_them(turned: Face) -> None:
    assert openness(eyes(turned), USUAL) == pytest.approx((1.0, 1.0), abs=0.02)


def test_narrow_eyes_are_measured_by_themselves() -> None:
    narrow = eyes(Face(open_share=0.5))
    assert openness(narrow, narrow) == pytest.approx((1.0, 1.0))
    assert openness(eyes(Face(open_share=0.1)), narrow) == pytest.approx((0.2, 0.2), abs=0.01)


def test_a_slipped_mesh_does_not_count_for_more_than_twice() -> None:
    assert max(openness(eyes(Face(open_share=5.0)), USUAL)) == 2.0


def test_the_usual_eyes_are_the_open_ones_blinks_left_out() -> None:
    seen = [eyes(Face(open_share=share)) for share in (1.0, 1.0, 0.1, 0.0, 1.0, 1.02, 0.3, 0.98)]
    usual = usual_eyes(seen)
    assert usual is not None
    assert usual.left.aspect == pytest.approx(USUAL.left.aspect, rel=0.01)


def test_eyes_that_were_never_open_are_no_usual_ones() -> None:
    assert usual_eyes([eyes(Face(open_share=0.0))] * 9) is None


def test_a_mesh_without_extent_has_no_eyes() -> None:
    assert eyes_of(np.zeros((478, 3), np.float32), np.eye(3)) is None


def test_closed_eyes_in_a_level_head_are_not_cast_down() -> None:
    assert not cast_down(eyes(Face(open_share=0.1)), USUAL, LEVEL)


def test_lids_that_are_low_because_the_gaze_is_are_cast_down() -> None:
    looking_down = eyes(Face(up_deg=-25, open_share=0.9))
    low = replace(
        looking_down,
        left=replace(looking_down.left, aspect=0.1),
        right=replace(looking_down.right, aspect=0.1),
    )
    assert cast_down(low, USUAL, LEVEL)


def test_open_eyes_are_not_cast_down() -> None:
    assert not cast_down(eyes(Face(up_deg=-5)), USUAL, LEVEL)


@pytest.mark.parametrize("head", [Angles(0, -19, 0), Angles(31, 0, 0), Angles(-31, 0, 0)])
def test_with_the_head_well_away_nobody_can_tell(head: Angles) -> None:
    assert cast_down(eyes(Face(open_share=0.1)), USUAL, head)


def test_a_single_odd_picture_does_not_change_the_answer() -> None:
    votes = CastDown()
    for number in range(4):
        votes.add(START.later(number / 8), False)
    assert not votes.add(START.later(0.5), True)
    assert not votes.add(START.later(0.625), False)


def test_after_a_while_the_new_answer_is_the_answer() -> None:
    votes = CastDown()
    votes.add(START, False)
    assert votes.add(START.later(2.0), True)


def test_eyes_survive_json_exactly() -> None:
    usual = usual_eyes([USUAL])
    assert usual is not None
    assert Eyes.from_json(json.loads(json.dumps(usual.to_json()))) == usual


@pytest.mark.parametrize(
    "change",
    [
        {"left": None},
        {"left": {"aspect": 0.3}},
        {"px_per_mm": 0},
        {"px_per_mm": True},
        {"px_per_mm": "1.3"},
        {"px_per_mm": float("nan")},
        {"more": 1},
    ],
)
def test_what_is_no_pair_of_eyes_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a pair of eyes"):
        Eyes.from_json(USUAL.to_json() | change)
