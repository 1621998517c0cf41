from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.vision import yunet
from proctor_desktop.vision.face_detector import (
    FullRangeDetector,
    YuNetDetector,
    distinct,
    open_face_detector,
    same_face,
)
from proctor_desktop.vision.models import FaceDetector, ModelFiles
from proctor_desktop.vision.sight import RgbImage
from proctor_desktop.weights.installed import require
from tests.fakes.faces import detection


def weight(name: str) -> Path:
    try:
        return require(name)
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="module")
def portrait() -> RgbImage:
    picture = cv2.imread(str(weight("demo_portrait")), cv2.IMREAD_COLOR_RGB)
    return np.asarray(picture, np.uint8)[:300, 90:350]


@pytest.fixture(params=["face_detector", "face_detector_far"])
def detector(request: pytest.FixtureRequest, shared: Path) -> Iterator[FaceDetector]:
    if request.param == "face_detector":
        yield YuNetDetector(shared / "weights" / "face_detection_yunet_2023mar.onnx")
        return
    with closing(FullRangeDetector(weight(request.param))) as made:
        yield made


def placed(portrait: RgbImage, *corners: tuple[int, int, float]) -> RgbImage:
    picture = np.full((480, 640, 3), 90, np.uint8)
    for x, y, scale in corners:
        small = cv2.resize(portrait, None, fx=scale, fy=scale)
        picture[y : y + small.shape[0], x : x + small.shape[1]] = small
    return picture


def test_every_face_is_found_once_largest_first(detector: FaceDetector, portrait: RgbImage) -> None:
    larger, smaller = detector.detect(placed(portrait, (10, 100, 0.7), (300, 60, 1.25)))
    assert larger.box.width > 1.4 * smaller.box.width
    assert larger.box.centre[0] > 0.5 > smaller.box.centre[0]
    assert min(larger.box.score, smaller.box.score) > 0.7


def test_points_lie_where_eyes_nose_and_mouth_are(
    detector: FaceDetector, portrait: RgbImage
) -> None:
    (face,) = detector.detect(placed(portrait, (200, 100, 1.0)))
    eye, other_eye, nose, corner, other_corner = face.keypoints
    assert eye[0] < nose[0] < other_eye[0]
    assert max(eye[1], other_eye[1]) < nose[1] < min(corner[1], other_corner[1])
    assert corner[0] <= other_corner[0]
    assert face.box.x < eye[0]
    assert other_eye[0] < face.box.x + face.box.width


def test_an_empty_picture_has_no_face(detector: FaceDetector, portrait: RgbImage) -> None:
    assert detector.detect(placed(portrait)) == ()


def test_a_dark_picture_keeps_its_face_with_a_lower_score(shared: Path, portrait: RgbImage) -> None:
    yunet_detector = YuNetDetector(shared / "weights" / "face_detection_yunet_2023mar.onnx")
    plain = placed(portrait, (200, 100, 1.0))
    (light,) = yunet_detector.detect(plain)
    (dark,) = yunet_detector.detect((plain * 0.06).astype(np.uint8))
    assert same_face(light.box, dark.box)
    assert dark.box.score < 0.65 < light.box.score


@pytest.mark.parametrize("kind", [YuNetDetector, FullRangeDetector])
@pytest.mark.parametrize("content", [None, b"", b"no model"])
def test_a_bad_model_is_named_with_its_remedy(
    kind: type[YuNetDetector] | type[FullRangeDetector], content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "faces.model"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EnvironmentProblem, match=r"faces\.model: .*weights sync"):
        kind(path)


def test_the_better_detector_is_opened_where_it_is_installed(shared: Path) -> None:
    landmarker, far = weight("face_landmarker"), weight("face_detector_far")
    better = shared / "weights" / "face_detection_yunet_2023mar.onnx"
    with closing(open_face_detector(ModelFiles(landmarker, far, better))) as opened:
        assert isinstance(opened, YuNetDetector)
    with closing(open_face_detector(ModelFiles(landmarker, far))) as opened:
        assert isinstance(opened, FullRangeDetector)


def test_of_boxes_around_one_face_the_surest_is_kept() -> None:
    surest = detection(x=0.40, score=0.9)
    shifted, inside = detection(x=0.42, score=0.8), detection(x=0.45, y=0.4, width=0.08, score=0.7)
    beside = detection(x=0.65, score=0.5)
    kept = distinct([shifted, inside, beside, surest])
    assert sorted(one.box.x for one in kept) == [surest.box.x, beside.box.x]


def test_faces_side_by_side_are_two() -> None:
    one = FaceBox(0.2, 0.2, 0.2, 0.3, 0.9)
    assert not same_face(one, replace(one, x=0.35))
    assert same_face(one, replace(one, x=0.28))


def test_yunet_refuses_a_file_of_another_shape() -> None:
    with pytest.raises(ValueError, match="640 x 640"):
        yunet.resized(b"something else")


def test_yunet_decodes_boxes_and_points_into_fractions_of_the_picture() -> None:
    grids = [(yunet.INPUT_HEIGHT_PX // px, yunet.INPUT_WIDTH_PX // px) for px in yunet.STRIDES_PX]
    outputs = [
        np.zeros((1, rows * columns, numbers), np.float32)
        for numbers in (1, 1, 4, 10)
        for rows, columns in grids
    ]
    row, column, coarse = 4, 5, 2  # on the grid of 32 pixels
    cell = row * grids[coarse][1] + column
    outputs[coarse][0, cell] = outputs[coarse + 3][0, cell] = 0.81
    outputs[coarse + 6][0, cell] = (0.0, 0.25, np.log(2.0), np.log(3.0))
    (face,) = yunet.decode(outputs, 0.5)
    assert face[0] == pytest.approx(0.81)
    assert face[1:5] == pytest.approx((128 / 320, (136 - 48 - 8) / 240, 64 / 320, 96 / 240))
    assert face[5:7] == pytest.approx((160 / 320, (128 - 8) / 240))
