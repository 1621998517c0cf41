from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.demo.candidate import Candidate, sensor_noise
from proctor_desktop.demo.person import make_person
from proctor_desktop.demo.portrait import Portrait
from proctor_desktop.demo.pose import ABSENT, AT_REST, Pose
from proctor_desktop.demo.room import draw_room
from proctor_desktop.demo.visitor import make_visitor


@pytest.fixture(scope="module")
def candidate(portrait: Portrait) -> Candidate:
    return Candidate(draw_room(), make_person(portrait), make_visitor(portrait), sensor_noise())


def test_a_picture_is_what_a_camera_gives(candidate: Candidate) -> None:
    picture = candidate.render(Pose(yaw_deg=10))
    assert picture.shape == (480, 640, 3)
    assert picture.dtype == np.uint8


def test_the_same_instant_can_be_rendered_again(candidate: Candidate) -> None:
    assert (candidate.render(seed=3) == candidate.render(seed=3)).all()


def test_no_two_pictures_of_a_still_person_are_alike(candidate: Candidate) -> None:
    one, other = (candidate.render(seed=seed).astype(int) for seed in (1, 2))
    assert (one != other).mean() > 0.5
    assert np.abs(one - other).mean() < 4


def test_with_nobody_there_the_room_is_empty(candidate: Candidate) -> None:
    picture = candidate.render(ABSENT).astype(int)
    assert np.abs(picture - candidate.room).mean() < 3


def test_rendering_leaves_the_room_as_it_was(candidate: Candidate) -> None:
    before = candidate.room.copy()
    candidate.render(AT_REST, AT_REST)
    assert (candidate.room == before).all()


def test_the_candidate_hides_the_visitor(candidate: Candidate) -> None:
    alone = candidate.render(AT_REST, ABSENT).astype(int)
    accompanied = candidate.render(AT_REST, AT_REST).astype(int)
    assert (alone[:, :300] == accompanied[:, :300]).all()
    assert (alone[:, 450:] != accompanied[:, 450:]).any()


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"none\.task"):
        Candidate.from_portrait(tmp_path / "none.png", tmp_path / "none.task")
