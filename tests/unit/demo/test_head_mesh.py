from __future__ import annotations

import cv2
import numpy as np
import pytest

from proctor_desktop.demo.head_mesh import HeadMesh, build_head, rotation
from proctor_desktop.demo.portrait import Points, Portrait
from proctor_desktop.demo.pose import AT_REST, Pose
from proctor_desktop.demo.rasteriser import rasterise

NOSE, CHIN, OWN_RIGHT_EAR, OWN_LEFT_EAR = 1, 152, 234, 454


@pytest.fixture(scope="module")
def head(portrait: Portrait) -> HeadMesh:
    return build_head(portrait)


def _moved(head: HeadMesh, pose: Pose) -> Points:
    return head.turned(pose) - head.turned(AT_REST)


def test_at_rest_the_face_is_where_the_portrait_has_it(head: HeadMesh, portrait: Portrait) -> None:
    assert head.turned(AT_REST)[:468, :2] == pytest.approx(portrait.landmarks[:468, :2])
    assert head.texture[:468] == pytest.approx(portrait.landmarks[:468, :2])


def test_yaw_takes_the_nose_to_the_right_of_the_picture(head: HeadMesh) -> None:
    moved = _moved(head, Pose(yaw_deg=20))
    assert moved[NOSE, 0] > 20
    assert moved[OWN_LEFT_EAR, 2] < 0 < moved[OWN_RIGHT_EAR, 2]


def test_pitch_takes_the_nose_up(head: HeadMesh) -> None:
    assert _moved(head, Pose(pitch_deg=15))[NOSE, 1] < -15


def test_roll_takes_the_brow_to_the_candidates_left(head: HeadMesh) -> None:
    moved = _moved(head, Pose(roll_deg=15))
    assert moved[10, 0] > 10
    assert moved[CHIN, 0] < moved[10, 0]


def test_shifts_move_the_whole_head(head: HeadMesh) -> None:
    assert _moved(head, Pose(shift_x_px=7, shift_y_px=-3)) == pytest.approx(
        np.tile((7, -3, 0), (len(head.vertices), 1))
    )


def test_rotations_are_rotations() -> None:
    turn = rotation(Pose(yaw_deg=30, pitch_deg=-12, roll_deg=5))
    assert turn @ turn.T == pytest.approx(np.eye(3))
    assert np.linalg.det(turn) == pytest.approx(1)


@pytest.mark.parametrize("yaw", range(-75, 76, 25))
@pytest.mark.parametrize("pitch", [-25, 0, 25])
def test_the_head_is_closed_from_every_side(head: HeadMesh, yaw: int, pitch: int) -> None:
    points = head.turned(Pose(yaw_deg=yaw, pitch_deg=pitch))
    _, covered = rasterise(points, head.triangles, head.texture, (480, 640))
    mask = covered.astype(np.uint8)
    outer, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, outer, -1, (1,), -1)
    assert len(outer) == 1
    assert 1 - mask.sum() / filled.sum() < 0.002  # one may see through between hair and jaw


def test_a_head_from_the_side_is_as_deep_as_it_is_wide(head: HeadMesh) -> None:
    def width(yaw: float) -> float:
        return float(np.ptp(head.turned(Pose(yaw_deg=yaw))[:, 0]))

    assert 0.8 < width(90) / width(0) < 1.3
