from __future__ import annotations

import numpy as np
import pytest

from proctor_desktop.demo.face_depth import between_ears_px, with_anatomical_depth
from proctor_desktop.demo.portrait import Portrait

NOSE, OWN_RIGHT_EAR, OWN_LEFT_EAR = 1, 234, 454


def test_the_ears_lie_as_far_behind_the_nose_as_on_a_head(portrait: Portrait) -> None:
    """About nine tenths of the width between them; the landmarks alone give far less."""
    flat = portrait.landmarks[:468] * (1, 1, 0.75)
    deep = with_anatomical_depth(flat)
    width = np.linalg.norm(flat[OWN_LEFT_EAR, :2] - flat[OWN_RIGHT_EAR, :2])
    behind = deep[NOSE, 2] - deep[[OWN_RIGHT_EAR, OWN_LEFT_EAR], 2].mean()
    assert 0.8 < behind / width < 1.05
    assert (deep[:, :2] == flat[:, :2]).all()


def test_depth_grows_with_the_face(portrait: Portrait) -> None:
    face = portrait.landmarks[:468]
    once, twice = with_anatomical_depth(face), with_anatomical_depth(face * 2)
    assert between_ears_px(face * 2) == pytest.approx(2 * between_ears_px(face))
    assert twice == pytest.approx(once * 2)


def test_a_mirrored_face_has_mirrored_depth(portrait: Portrait) -> None:
    face = portrait.landmarks[:468]
    mirrored = face * (-1, 1, 1) + (640, 0, 0)
    assert with_anatomical_depth(mirrored)[:, 2] == pytest.approx(with_anatomical_depth(face)[:, 2])
