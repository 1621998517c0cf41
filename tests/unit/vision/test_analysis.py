from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import EyesSeen, Gaze, HeadPose
from proctor_desktop.vision.analysis import COARSE_CONFIDENCE, FaceReader, head_pose
from proctor_desktop.vision.calibration import Calibration, Neutral
from proctor_desktop.vision.eyes import eyes_of, usual_eyes
from proctor_desktop.vision.geometry import Fit, fit
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.vision.screen import Screen
from tests.fakes.faces import mesh, rotation
from tests.fakes.gazing import Face, gazing_mesh, sight_of

REFERENCE = load_reference_face()
START = Moment(0, datetime(2026, 3, 1, tzinfo=UTC))
T = TypeVar("T")


def face(yaw: float = 0.0, x: float = 0.5, px_per_mm: float = 1.0) -> Fit:
    return fit(mesh(rotation(yaw), (x, 0.5), px_per_mm), REFERENCE)


def neutral(yaw: float = 0.0) -> Neutral:
    return Neutral(tuple(rotation(yaw).ravel().tolist()), 0.5, 0.5, 0.3, 24)


def test_angles_are_those_away_from_neutral() -> None:
    pose = head_pose(7, face(yaw=42), neutral(yaw=10))
    assert pose.frame == 7
    assert pose.yaw_deg == pytest.approx(32, abs=0.02)
    assert (pose.pitch_deg, pose.roll_deg) == pytest.approx((0, 0), abs=0.02)


def test_angles_are_only_as_sure_as_the_face_is_seen() -> None:
    turned = face(yaw=42)
    assert head_pose(7, turned, neutral(), seen=0.4).confidence == 0.4
    assert head_pose(7, turned, neutral(), seen=1.0).confidence == round(turned.confidence, 4)


def test_numbers_leave_rounded() -> None:
    pose = head_pose(7, face(yaw=12.3456), neutral())
    assert pose.confidence == round(pose.confidence, 4)
    for angle in (pose.yaw_deg, pose.pitch_deg, pose.roll_deg):
        assert angle == round(angle, 2)
        assert str(angle) != "-0.0"


def calibration(screen: Screen | None = None) -> Calibration:
    plain = gazing_mesh(Face())
    eyes = eyes_of(plain, fit(plain, REFERENCE).rotation)
    assert eyes is not None
    return Calibration(neutral(), usual_eyes([eyes]), screen, None if screen is None else 1.0)


CALIBRATED = calibration()


def watch(
    *faces: Face | None,
    known: Calibration | None = CALIBRATED,
    reader: FaceReader | None = None,
    **changes: object,
) -> list[tuple[HeadPose | EyesSeen | Gaze, ...]]:
    """What is said about these faces, 8 a second."""
    reader = reader or FaceReader()
    return [
        reader.read(sight_of(face, number, START.later(number / 8), **changes), known)
        for number, face in enumerate(faces)
    ]


def only(kind: type[T], said: tuple[object, ...]) -> T:
    (found,) = [one for one in said if isinstance(one, kind)]
    return found


def test_one_calibrated_face_has_head_eyes_and_gaze() -> None:
    (said,) = watch(Face(yaw_deg=12, left_deg=10))
    assert [type(one) for one in said] == [HeadPose, EyesSeen, Gaze]
    assert only(HeadPose, said).yaw_deg == pytest.approx(12, abs=0.1)
    eyes = only(EyesSeen, said)
    assert (eyes.left, eyes.right) == pytest.approx((1, 1), abs=0.001)
    assert only(Gaze, said).horizontal_deg == pytest.approx(10, abs=0.2)
    assert only(Gaze, said).outside_deg == 0


def test_before_calibration_a_face_says_nothing() -> None:
    assert watch(Face(), known=None) == [()]


def test_nobody_says_nothing() -> None:
    assert watch(None) == [()]


def test_beside_a_second_living_face_nobody_knows_whose_eyes_they_are() -> None:
    assert watch(Face(), living=2) == [()]
    assert len(watch(Face(), living=0)[0]) == 3


def test_without_calibrated_eyes_the_head_remains() -> None:
    (said,) = watch(Face(), known=Calibration(neutral()))
    assert [type(one) for one in said] == [HeadPose]


def test_outside_is_told_against_the_calibrated_edges() -> None:
    wide, narrow = Screen(25.0, -25.0, 12.0, -14.0), Screen(12.0, -12.0, 12.0, -14.0)
    (inside,) = watch(Face(left_deg=20), known=calibration(wide))
    (beyond,) = watch(Face(left_deg=20), known=calibration(narrow))
    assert only(Gaze, inside).outside_deg == 0
    assert only(Gaze, beyond).outside_deg == pytest.approx(8, abs=0.2)


def test_whoever_leans_in_sees_the_screen_wider() -> None:
    (said,) = watch(Face(left_deg=20, apart_px=85 * 2), known=CALIBRATED)
    assert only(Gaze, said).outside_deg == 0


def test_a_blink_leaves_the_gaze_where_it_was() -> None:
    *_, blink, after = watch(Face(left_deg=8), Face(left_deg=8), Face(open_share=0.1), Face(8))
    assert max(only(EyesSeen, blink).left, only(EyesSeen, blink).right) < 0.2
    assert only(Gaze, blink).horizontal_deg == pytest.approx(8, abs=0.2)
    assert only(EyesSeen, after).left == pytest.approx(1, abs=0.02)


def test_closed_eyes_look_nowhere() -> None:
    said = watch(*[Face()] * 2, *[Face(open_share=0.05)] * 12)
    assert [type(one) for one in said[-1]] == [HeadPose, EyesSeen]
    assert not only(EyesSeen, said[-1]).looking_down


def test_low_lids_under_a_head_that_is_well_down_are_looking_down() -> None:
    said = watch(*[Face(pitch_deg=-25, up_deg=-30, open_share=0.2)] * 6)
    assert only(EyesSeen, said[-1]).looking_down
    assert only(Gaze, said[-1]).vertical_deg < -20


def test_a_new_calibration_forgets_the_old_gaze() -> None:
    reader = FaceReader()
    watch(*[Face(left_deg=20)] * 4, reader=reader)
    fresh = calibration(Screen(12.0, -12.0, 10.0, -12.0))
    said = reader.read(sight_of(Face(), 9, START.later(0.5)), fresh)
    assert only(Gaze, said).horizontal_deg == pytest.approx(0, abs=0.2)


def test_every_number_leaves_rounded() -> None:
    (said,) = watch(Face(3.14159, 2.71828, 1.61803, open_share=0.77777, apart_px=40))
    pose, eyes, gaze = only(HeadPose, said), only(EyesSeen, said), only(Gaze, said)
    for angle in (pose.yaw_deg, gaze.horizontal_deg, gaze.vertical_deg, gaze.outside_deg):
        assert angle == round(angle, 2)
    for share in (eyes.left, eyes.right, gaze.confidence):
        assert share == round(share, 4)


def test_a_head_turned_so_far_that_its_mesh_is_lost_is_still_a_turned_head() -> None:
    sight = replace(sight_of(Face(), 7, START), mesh=None, fit=None, coarse_yaw_deg=-70.0)
    (pose,) = FaceReader().read(sight, CALIBRATED)
    assert isinstance(pose, HeadPose)
    assert (pose.yaw_deg, pose.confidence) == (-70.0, COARSE_CONFIDENCE)
    assert FaceReader().read(sight, None) == ()
