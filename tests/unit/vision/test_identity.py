from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.policy import IdentityMismatch
from proctor_desktop.sources.video_device import as_picture
from proctor_desktop.vision.geometry import Mesh, fit
from proctor_desktop.vision.identity import (
    TEMPLATE,
    MobileFaceNet,
    aligned,
    comparable,
    five_points,
    network_input,
    similarity,
    similarity_transform,
)
from proctor_desktop.vision.landmarker import StillLandmarker
from proctor_desktop.vision.reference_face import load_reference_face
from tests.fakes.faces import mesh, rotation

SIZE_PX = (640, 480)
REFERENCE = load_reference_face()


def fit_to_compare(face: Mesh, brightness: float = 0.4) -> bool:
    return comparable(fit(face, REFERENCE), face, brightness, SIZE_PX)


def test_a_turned_scaled_and_shifted_face_is_brought_back() -> None:
    angle, scale, shift = np.radians(25), 1.7, np.array((40.0, -12.0))
    turn = np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle)))) * scale
    found = similarity_transform(TEMPLATE @ turn.T + shift, TEMPLATE)
    back = (TEMPLATE @ turn.T + shift) @ found[:, :2].T + found[:, 2]
    assert back == pytest.approx(TEMPLATE, abs=1e-9)


def test_a_mirrored_face_is_not_brought_back_by_mirroring_it() -> None:
    found = similarity_transform(TEMPLATE * (-1, 1), TEMPLATE)
    assert np.linalg.det(found[:, :2]) > 0


def test_the_five_points_lie_as_in_the_template() -> None:
    one, other, nose, left, right = five_points(mesh(), SIZE_PX)
    assert one[0] < nose[0] < other[0]
    assert left[0] < nose[0] < right[0]
    assert max(one[1], other[1]) < nose[1] < min(left[1], right[1])


def test_an_aligned_face_has_its_eyes_where_the_network_wants_them() -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    tilted = mesh(rotation(roll_deg=20), (0.4, 0.6), 1.3)
    for eye in five_points(tilted, SIZE_PX)[:2]:
        cv2.circle(picture, (round(eye[0]), round(eye[1])), 6, (255, 255, 255), -1)
    face = aligned(picture, tilted)
    assert face.shape == (112, 112, 3)
    for x, y in TEMPLATE[:2]:
        assert face[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3].mean() > 100


def test_the_network_is_given_scaled_colours() -> None:
    given = network_input(np.full((112, 112, 3), 124, np.uint8))
    assert given.shape == (1, 3, 112, 112)
    assert abs(given).max() < 0.5


def test_similarity_is_a_rounded_cosine() -> None:
    one = np.array((0.6, 0.8), np.float32)
    assert similarity(one, one) == 1.0
    assert similarity(one, np.array((-0.8, 0.6), np.float32)) == 0.0
    assert str(similarity(one, np.array((0.8, -0.6), np.float32))) == "0.0"


def test_a_frontal_face_in_fair_light_is_compared() -> None:
    assert fit_to_compare(mesh())
    assert fit_to_compare(mesh(rotation(20, 10, 15)))


def test_a_turned_head_is_not_compared() -> None:
    assert not fit_to_compare(mesh(rotation(yaw_deg=40)))
    assert not fit_to_compare(mesh(rotation(pitch_deg=-35)))


def test_a_distant_face_is_not_compared() -> None:
    assert not fit_to_compare(mesh(px_per_mm=0.3))


def test_a_face_partly_out_of_the_picture_is_not_compared() -> None:
    assert not fit_to_compare(mesh(centre=(0.02, 0.5)))


@pytest.mark.parametrize("brightness", [0.02, 0.99])
def test_a_face_in_the_dark_or_washed_out_is_not_compared(brightness: float) -> None:
    assert not fit_to_compare(mesh(), brightness)


def test_a_mesh_that_is_no_rigid_head_is_not_compared() -> None:
    face = mesh()
    measured = fit(face, REFERENCE)
    warped = replace(measured, box=replace(measured.box, score=0.2))
    assert not comparable(warped, face, 0.4, SIZE_PX)


def test_a_missing_model_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="weights sync"):
        MobileFaceNet(tmp_path / "none.onnx")


def test_one_person_is_told_from_another(shared: Path) -> None:
    try:
        bundle = resource("weights", "face_landmarker.task")
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))
    model = MobileFaceNet(shared / "weights" / "MobileFaceNet_foamliu.onnx")
    vectors = []
    with StillLandmarker(bundle) as landmarker:
        for name in (
            "img20.jpg",
            "img21.jpg",
            "img16.jpg",
        ):  # labelled: the same, the same, another
            picture = as_picture(cv2.imread(str(shared / "media/images/deepface" / name)))
            vectors.append(model.embed(picture, landmarker.detect(picture)[0]))
    assert [float(np.linalg.norm(one)) for one in vectors] == pytest.approx([1, 1, 1], abs=1e-5)
    limit = IdentityMismatch().similarity
    assert similarity(vectors[0], vectors[1]) > limit + 0.1
    assert similarity(vectors[0], vectors[2]) < limit - 0.1
