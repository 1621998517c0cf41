from __future__ import annotations

import pytest

from proctor_desktop.core.observation import FacesSeen, HeadPose
from proctor_desktop.vision.analysis import observations
from proctor_desktop.vision.calibration import Neutral
from proctor_desktop.vision.geometry import Fit, fit
from proctor_desktop.vision.reference_face import load_reference_face
from tests.fakes.faces import mesh, rotation

REFERENCE = load_reference_face()


def face(yaw: float = 0.0, x: float = 0.5, px_per_mm: float = 1.0) -> Fit:
    return fit(mesh(rotation(yaw), (x, 0.5), px_per_mm), REFERENCE)


def neutral(yaw: float = 0.0) -> Neutral:
    return Neutral(tuple(rotation(yaw).ravel().tolist()), 0.5, 0.5, 0.3, 24)


def test_an_empty_frame_is_an_observation_too() -> None:
    assert observations(7, [], neutral()) == (FacesSeen(7, ()),)


def test_before_calibration_there_are_no_angles() -> None:
    (seen,) = observations(7, [face()], None)
    assert isinstance(seen, FacesSeen)
    assert len(seen.faces) == 1


def test_angles_are_those_away_from_neutral() -> None:
    _, pose = observations(7, [face(yaw=42)], neutral(yaw=10))
    assert isinstance(pose, HeadPose)
    assert pose.frame == 7
    assert pose.yaw_deg == pytest.approx(32, abs=0.02)
    assert (pose.pitch_deg, pose.roll_deg) == pytest.approx((0, 0), abs=0.02)


def test_of_two_faces_nobody_knows_whose_angles_count() -> None:
    (seen,) = observations(7, [face(yaw=20), face(yaw=-30, x=0.2, px_per_mm=0.5)], neutral())
    assert isinstance(seen, FacesSeen)
    assert len(seen.faces) == 2


def test_numbers_leave_rounded() -> None:
    seen, pose = observations(7, [face(yaw=12.3456)], neutral())
    assert isinstance(seen, FacesSeen)
    assert isinstance(pose, HeadPose)
    box = seen.faces[0]
    for fraction in (box.x, box.y, box.width, box.height, box.score, pose.confidence):
        assert fraction == round(fraction, 4)
    for angle in (pose.yaw_deg, pose.pitch_deg, pose.roll_deg):
        assert angle == round(angle, 2)
        assert str(angle) != "-0.0"
