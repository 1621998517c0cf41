from __future__ import annotations

from itertools import pairwise

import pytest

from proctor_desktop.demo.pose import ABSENT, AT_REST, Pose, between

TURNED = Pose(yaw_deg=40.0, pitch_deg=-10.0, shift_x_px=30.0)


def test_a_movement_begins_at_one_pose_and_ends_at_the_other() -> None:
    assert between(AT_REST, TURNED, 0.0) == AT_REST
    assert between(AT_REST, TURNED, 1.0) == TURNED


def test_a_movement_eases_in_and_out() -> None:
    yaws = [between(AT_REST, TURNED, share / 10).yaw_deg for share in range(11)]
    steps = [after - before for before, after in pairwise(yaws)]
    assert yaws[5] == pytest.approx(20.0)
    assert min(steps) > 0
    assert steps[0] < steps[4] / 3
    assert steps[9] < steps[5] / 3


def test_who_leaves_is_seen_until_they_are_gone() -> None:
    assert between(AT_REST, ABSENT, 0.9).visible
    assert not between(AT_REST, ABSENT, 1.0).visible
    assert between(ABSENT, AT_REST, 0.1).visible


def test_poses_add_up() -> None:
    assert TURNED.plus(Pose(yaw_deg=1.0, roll_deg=2.0)) == Pose(41.0, -10.0, 2.0, 30.0)
    assert not ABSENT.plus(TURNED).visible
