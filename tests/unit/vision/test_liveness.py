from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.sources.video_device import as_picture
from proctor_desktop.vision.geometry import face_box, fit
from proctor_desktop.vision.landmarker import StillLandmarker
from proctor_desktop.vision.liveness import (
    MiniFasNet,
    blockiness,
    checkable,
    content,
    crop_edges,
    focus,
    network_input,
    room,
    softmax,
    surroundings,
)
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.vision.sight import RgbImage
from tests.fakes.faces import mesh, rotation

WHOLE = (0, 0, 640, 480)


def box(x: float, y: float, width: float, height: float) -> FaceBox:
    return FaceBox(x, y, width, height, 1.0)


def detailed(side_px: int = 7) -> RgbImage:
    """Squares, light and dark: large shapes with sharp edges."""
    squares = np.random.default_rng(5).integers(20, 230, (96, 96, 3)).astype(np.uint8)
    return squares.repeat(side_px, axis=0).repeat(side_px, axis=1)[:480, :640]


def test_the_crop_is_the_box_grown_about_its_middle() -> None:
    left, top, right, bottom = crop_edges(box(0.45, 0.45, 0.1, 0.1), 640, 480, WHOLE)
    assert (right - left, bottom - top) == pytest.approx((172.8, 129.6), abs=1)
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((320, 240), abs=1)


def test_a_crop_at_the_edge_is_moved_inwards_and_keeps_its_size() -> None:
    left, top, right, bottom = crop_edges(box(0.0, 0.0, 0.1, 0.1), 640, 480, WHOLE)
    assert (left, top) == (0, 0)
    assert (right, bottom) == pytest.approx((173, 130), abs=1)


def test_a_turned_face_is_only_checked_with_room_around_it() -> None:
    reference = load_reference_face()
    turned = fit(mesh(rotation(yaw_deg=35)), reference)
    assert room(detailed(), turned.box) > 2.4
    assert checkable(detailed(), turned, 0.4)
    near = fit(mesh(rotation(yaw_deg=35), px_per_mm=1.5), reference)
    assert room(detailed(), near.box) < 2.4
    assert not checkable(detailed(), near, 0.4)
    assert checkable(detailed(), fit(mesh(px_per_mm=1.5), reference), 0.4)


def test_a_near_face_takes_as_much_as_there_is() -> None:
    left, top, right, bottom = crop_edges(box(0.2, 0.1, 0.6, 0.8), 640, 480, WHOLE)
    assert (top, bottom) == (0, 480)
    assert right - left == 480


def test_a_box_outside_the_picture_still_gives_some_pixels() -> None:
    for far_out in (box(2, 2, 0.1, 0.1), box(-2, -2, 0.1, 0.1), box(0.5, 0.5, 0, 0)):
        left, top, right, bottom = crop_edges(far_out, 640, 480, WHOLE)
        assert 0 <= left < right <= 640
        assert 0 <= top < bottom <= 480


def test_black_bars_are_not_content() -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[60:420, 100:500] = 90
    assert content(picture) == (100, 60, 500, 420)


def test_a_black_picture_is_all_content() -> None:
    assert content(np.zeros((480, 640, 3), np.uint8)) == (0, 0, 640, 480)


def test_the_bars_never_reach_the_network() -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[:, 185:455] = 90  # a telephone held upright as a webcam
    assert (surroundings(picture, box(0.4, 0.3, 0.2, 0.4)) == 90).all()


def test_the_network_is_given_blue_first() -> None:
    crop = np.zeros((80, 80, 3), np.uint8)
    crop[:, :, 0] = 255
    assert network_input(crop)[0, :, 0, 0].tolist() == [0, 0, 255]


def test_shares_sum_to_one_however_large_the_numbers() -> None:
    shares = softmax(np.array((1000.0, 1002.0, 0.0)))
    assert shares.sum() == pytest.approx(1)
    assert shares.argmax() == 1


def test_a_sharp_face_turned_to_the_camera_is_checked() -> None:
    found = fit(mesh(), load_reference_face())
    assert checkable(detailed(), found, 0.4)


def test_a_picture_that_was_compressed_into_blocks_is_not_checked() -> None:
    """Compression steps at the edges of blocks of eight pixels, and nowhere else so."""
    found = fit(mesh(), load_reference_face())
    assert blockiness(detailed(), found.box) == pytest.approx(1.0, abs=0.3)
    assert blockiness(detailed(side_px=8), found.box) > 2
    assert not checkable(detailed(side_px=8), found, 0.4)


def test_a_blurred_turned_or_dark_face_is_not_checked() -> None:
    reference = load_reference_face()
    blurred = np.asarray(cv2.GaussianBlur(detailed(), (0, 0), 6), np.uint8)
    assert not checkable(blurred, fit(mesh(), reference), 0.4)
    assert not checkable(detailed(), fit(mesh(rotation(yaw_deg=45)), reference), 0.4)
    assert not checkable(detailed(), fit(mesh(), reference), 0.05)


@pytest.mark.parametrize("px_per_mm", [0.4, 2.6])
def test_a_distant_face_and_one_that_fills_the_picture_are_not_checked(px_per_mm: float) -> None:
    found = fit(mesh(px_per_mm=px_per_mm), load_reference_face())
    assert not checkable(detailed(), found, 0.4)


def test_focus_of_a_plain_or_outlying_face_is_none() -> None:
    plain = np.full((480, 640, 3), 90, np.uint8)
    assert focus(plain, face_box(mesh(), 1.0)) == pytest.approx(0, abs=1e-3)
    assert focus(plain, box(3, 3, 0.1, 0.1)) == pytest.approx(0, abs=1e-3)


def test_a_missing_model_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="weights sync"):
        MiniFasNet(tmp_path / "none.onnx")


def test_the_publishers_real_face_lives_and_its_print_does_not(shared: Path) -> None:
    try:
        bundle = resource("weights", "face_landmarker.task")
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))
    model = MiniFasNet(shared / "weights" / "2.7_80x80_MiniFASNetV2.onnx")
    lives = []
    with StillLandmarker(bundle) as landmarker:
        for name in ("T1", "F1"):
            file = shared / "media" / "antispoof" / f"silentface_image_{name}.jpg"
            picture = as_picture(cv2.imread(str(file)))
            face = fit(landmarker.detect(picture)[0], load_reference_face())
            lives.append(model.live(picture, face.box))
    assert lives[0] > 0.9
    assert lives[1] < 0.1
