from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.demo.portrait import Picture, Points, load_portrait


def _no_face(picture: Picture) -> None:
    return None


def _flat_face(picture: Picture) -> Points:
    return np.tile((320.0, 200.0, 5.0), (478, 1))


def _picture(path: Path, size: int = 512) -> Path:
    """A dark figure with the portrait's outline before a bright wall."""
    image = np.full((size, size, 3), 230, np.uint8)
    cv2.ellipse(image, (225, 80), (72, 65), 0, 0, 360, (40, 70, 90), -1)
    cv2.rectangle(image, (185, 100), (260, 200), (40, 70, 90), -1)
    cv2.ellipse(image, (200, 330), (160, 150), 0, 0, 360, (40, 70, 90), -1)
    cv2.imwrite(str(path), image)
    return path


def test_a_portrait_becomes_a_camera_picture_with_the_person_cut_out(tmp_path: Path) -> None:
    portrait = load_portrait(_picture(tmp_path / "portrait.png"), _flat_face)
    assert portrait.picture.shape == (480, 640, 3)
    assert portrait.person[130, 320] == 255
    assert portrait.person[50, 60] == 0
    assert set(np.unique(portrait.person)) == {0, 255}


def test_depth_points_towards_the_camera(tmp_path: Path) -> None:
    portrait = load_portrait(_picture(tmp_path / "portrait.png"), _flat_face)
    assert portrait.landmarks[0] == pytest.approx((320, 200, -5))


def test_a_missing_file_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"none\.png.*weights sync"):
        load_portrait(tmp_path / "none.png", _flat_face)


def test_another_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="300 x 300 pixels"):
        load_portrait(_picture(tmp_path / "small.png", 300), _flat_face)


def test_a_picture_without_a_face_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="no face"):
        load_portrait(_picture(tmp_path / "portrait.png"), _no_face)
