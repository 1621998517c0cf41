from __future__ import annotations

import numpy as np
import pytest

from proctor_desktop.vision.geometry import (
    align,
    angle_between_deg,
    angles,
    confidence,
    face_area,
    face_box,
    fit,
    relative,
)
from proctor_desktop.vision.reference_face import load_reference_face
from tests.fakes.faces import mesh, rotation

REFERENCE = load_reference_face()
NOSE, FOREHEAD = 1, 10


@pytest.mark.parametrize("yaw", [-60, -30, 0, 45])
@pytest.mark.parametrize("pitch", [-25, 0, 20])
@pytest.mark.parametrize("roll", [-15, 0, 30])
def test_a_turned_face_is_measured_as_turned(yaw: float, pitch: float, roll: float) -> None:
    measured = angles(fit(mesh(rotation(yaw, pitch, roll)), REFERENCE).rotation)
    assert measured.yaw_deg == pytest.approx(yaw, abs=0.01)
    assert measured.pitch_deg == pytest.approx(pitch, abs=0.01)
    assert measured.roll_deg == pytest.approx(roll, abs=0.01)


def test_own_left_is_the_right_of_the_picture() -> None:
    face = mesh()
    face[:, 0] += 0.1 * -face[:, 2]  # what is nearer moves to the right of the picture
    assert face[NOSE, 0] > mesh()[NOSE, 0]
    assert angles(fit(face, REFERENCE).rotation).yaw_deg > 1.0


def test_up_takes_the_nose_up_in_the_picture() -> None:
    looking_up = mesh(rotation(pitch_deg=15))
    assert looking_up[NOSE, 1] < mesh()[NOSE, 1]


def test_a_tilt_to_the_own_left_shoulder_takes_the_forehead_to_the_right_of_the_picture() -> None:
    tilted = mesh(rotation(roll_deg=15))
    assert tilted[FOREHEAD, 0] > mesh()[FOREHEAD, 0]


def test_place_and_size_of_the_face_do_not_matter() -> None:
    turn = rotation(20, 10, 5)
    near = fit(mesh(turn, (0.5, 0.5), 1.5), REFERENCE).rotation
    far = fit(mesh(turn, (0.2, 0.7), 0.4), REFERENCE).rotation
    assert angle_between_deg(near, far) < 0.01


def test_the_shape_of_the_picture_is_allowed_for() -> None:
    square = mesh(rotation(20, 10, 5))
    square[:, 1] = (square[:, 1] - 0.5) * 480 / 640 + 0.5
    measured = angles(fit(square, REFERENCE, 640, 640).rotation)
    assert (measured.yaw_deg, measured.pitch_deg) == pytest.approx((20, 10), abs=0.01)


def test_relative_angles_do_not_depend_on_how_the_webcam_is_tilted() -> None:
    webcam = rotation(0, -20, 0)
    turned = relative(webcam @ rotation(35, 0, 0), webcam @ rotation(0, 0, 0))
    assert angle_between_deg(turned, np.eye(3)) == pytest.approx(35, abs=1e-6)


def test_no_turn_away_from_neutral_reads_zero() -> None:
    neutral = rotation(-12, 8, 3)
    measured = angles(relative(neutral, neutral))
    assert (measured.yaw_deg, measured.pitch_deg, measured.roll_deg) == pytest.approx((0, 0, 0))


def test_a_mirrored_face_is_never_explained_by_a_reflection() -> None:
    inside_out = REFERENCE.points_mm * (1, 1, -1)
    turn, residual = align(REFERENCE.points_mm, inside_out, REFERENCE.weights)
    assert np.linalg.det(turn) == pytest.approx(1.0)
    assert residual > 0.1


def test_residual_is_the_rms_distance_left_over() -> None:
    generator = np.random.default_rng(1)
    target = REFERENCE.points_mm @ rotation(20, 5, 0).T + generator.normal(0, 3, (468, 3))
    turn, residual = align(REFERENCE.points_mm, target, REFERENCE.weights)
    weights = REFERENCE.weights
    centred = target - weights @ target
    source = (REFERENCE.points_mm - weights @ REFERENCE.points_mm) @ turn.T
    scale = (weights[:, None] * source * centred).sum() / (weights[:, None] * source**2).sum()
    left_over = (weights[:, None] * (scale * source - centred) ** 2).sum()
    assert residual == pytest.approx(
        np.sqrt(left_over / (weights[:, None] * centred**2).sum()), rel=1e-6
    )


def test_what_is_no_face_gets_little_confidence() -> None:
    noise = np.random.default_rng(2).uniform(0, 1, (478, 3)).astype(np.float32)
    assert fit(noise, REFERENCE).confidence == 0.0
    assert fit(mesh(rotation(30)), REFERENCE).confidence == 1.0


@pytest.mark.parametrize(
    ("residual", "expected"), [(0.0, 1.0), (0.10, 1.0), (0.20, 0.5), (0.30, 0.0), (0.9, 0.0)]
)
def test_confidence_falls_in_a_straight_line(residual: float, expected: float) -> None:
    assert confidence(residual) == pytest.approx(expected)


def test_face_box_is_in_fractions_of_the_picture() -> None:
    box = face_box(mesh(centre=(0.25, 0.5)), 0.8)
    assert box.centre[0] == pytest.approx(0.25, abs=0.01)
    assert box.width * 640 == pytest.approx(np.ptp(REFERENCE.points_mm[:, 0]), rel=1e-4)
    assert box.height * 480 == pytest.approx(np.ptp(REFERENCE.points_mm[:, 1]), rel=1e-4)
    assert box.score == 0.8


def test_a_nearer_face_has_the_larger_area() -> None:
    assert face_area(mesh(px_per_mm=1.2)) > face_area(mesh(px_per_mm=1.0))
