from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.vision.reference_face import LANDMARKS, load_reference_face

FACE = load_reference_face()
FOREHEAD, CHIN, NOSE, OWN_RIGHT_EYE, OWN_LEFT_EYE = 10, 152, 1, 33, 263
UPPER_LIP, LOWER_LIP = 13, 14


def test_every_landmark_has_one_partner_on_the_other_side() -> None:
    everyone = np.arange(LANDMARKS)
    assert (FACE.mirror[FACE.mirror] == everyone).all()
    assert FACE.mirror[OWN_RIGHT_EYE] == OWN_LEFT_EYE
    assert FACE.mirror[NOSE] == NOSE


def test_it_is_symmetric() -> None:
    mirrored = FACE.points_mm[FACE.mirror] * (-1, 1, 1)
    assert np.abs(mirrored - FACE.points_mm).max() < 1e-3
    assert np.abs(FACE.weights[FACE.mirror] - FACE.weights).max() < 1e-9


def test_it_stands_upright_and_looks_into_the_camera() -> None:
    forehead, chin, nose = FACE.points_mm[[FOREHEAD, CHIN, NOSE]]
    assert forehead[1] > 0 > chin[1]
    assert forehead[2] == pytest.approx(chin[2], abs=1e-3)
    assert nose[2] > forehead[2] + 20
    assert FACE.points_mm[OWN_LEFT_EYE, 0] > 0 > FACE.points_mm[OWN_RIGHT_EYE, 0]


def test_it_has_the_size_of_a_head_and_its_centre_at_the_origin() -> None:
    width, height, _ = np.ptp(FACE.points_mm, axis=0)
    assert 120 < width < 160
    assert 150 < height < 190
    assert np.abs(FACE.weights @ FACE.points_mm).max() < 1e-2
    assert FACE.weights.sum() == pytest.approx(1.0)


def test_what_moves_counts_less() -> None:
    lips = FACE.weights[[UPPER_LIP, LOWER_LIP]].max()
    assert lips < FACE.weights.mean()
    assert FACE.weights[168] > FACE.weights.mean()  # between the eyes


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_an_unreadable_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "face.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EnvironmentProblem, match=r"face\.npz.*cannot be read"):
        load_reference_face(path)


def test_other_arrays_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "face.npz"
    np.savez(path, points_mm=np.zeros((5, 3)), weights=np.ones(5), mirror=np.arange(5))
    with pytest.raises(EnvironmentProblem, match="wrong shape"):
        load_reference_face(path)
