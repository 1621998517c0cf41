"""A hand, a sticker or a cap over the lens."""

from __future__ import annotations

import pytest

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen, PictureSeen
from proctor_desktop.core.rules.camera_covered import CameraCovered
from tests.playbook import Playbook, ended, nothing, started


def test_a_covered_lens_is_told_within_three_seconds_and_so_is_its_uncovering() -> None:
    play = Playbook().until(10).until(14, detail=0.005).until(18)
    play.expects(
        started("camera_covered", at=11, within=1), ended("camera_covered", at=14, within=2)
    )
    start = play.start_of("camera_covered")
    assert "Only 0.5% of the camera picture can be made out" in start["reason"]


def test_a_hand_that_passes_is_nothing() -> None:
    Playbook().until(10).until(10.75, detail=0.005).until(15).expects(nothing)


@pytest.mark.parametrize(("detail", "sure"), [(0.03, 0.5), (0.015, 0.75), (0.0, 1.0)])
def test_it_is_as_sure_as_the_picture_is_flat(detail: float, sure: float) -> None:
    rule = CameraCovered(policy.CameraCovered(detail=0.03))
    reading = rule.read(PictureSeen(1, 0.0, detail, 0.0, False))
    assert reading is not None
    assert reading.suspicious
    assert reading.confidence == pytest.approx(sure)


def test_a_dark_picture_with_something_in_it_is_not_covered() -> None:
    rule = CameraCovered(policy.CameraCovered(detail=0.03))
    reading = rule.read(PictureSeen(1, 0.01, 0.05, 0.0, False))
    assert reading is not None
    assert not reading.suspicious
    assert rule.read(FacesSeen(1, ())) is None
