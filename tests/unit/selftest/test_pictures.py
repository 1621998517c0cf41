from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.recording.segment import Segment
from proctor_desktop.selftest import pictures
from proctor_desktop.selftest.pictures import Picture
from proctor_desktop.selftest.steps import StepFailed
from tests.fakes.manual_clock import START, ManualClock


@pytest.fixture(scope="module")
def portrait() -> Picture:
    try:
        resource("weights", "face_landmarker.task")
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))
    picture = pictures.portrait()
    if picture is None:
        pytest.skip("the portrait is not installed")
    return picture


@pytest.fixture
def segment(tmp_path: Path) -> Segment:
    return pictures.record_screen(tmp_path, ManualClock(), START)[0]


def test_the_portrait_shows_one_face_that_looks_ahead(portrait: Picture) -> None:
    assert "one in the portrait" in pictures.analyse(portrait)


def test_a_picture_without_a_face_is_not_taken_for_the_portrait(portrait: Picture) -> None:
    with pytest.raises(StepFailed, match="0 faces"):
        pictures.analyse(np.zeros_like(portrait))


def test_a_picture_of_two_is_not_taken_for_the_portrait(portrait: Picture) -> None:
    left = portrait[:, 160:480]
    with pytest.raises(StepFailed, match="2 faces"):
        pictures.analyse(np.ascontiguousarray(np.hstack([left, left])))


def test_a_face_that_lies_on_its_side_is_not_plausible(portrait: Picture) -> None:
    lying = np.zeros_like(portrait)
    lying[:, 80:560] = np.rot90(portrait[:, 80:560], 3)
    with pytest.raises(StepFailed, match="not plausible"):
        pictures.analyse(lying)


@pytest.mark.usefixtures("portrait")
def test_without_the_portrait_it_is_said_that_none_is_there() -> None:
    assert "no portrait is installed" in pictures.analyse(None)


def test_a_still_comes_back_as_it_was(tmp_path: Path) -> None:
    assert "bytes" in pictures.check_still(pictures.blank(), tmp_path)


def test_a_still_that_differs_too_much_is_told(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)
    with pytest.raises(StepFailed, match="differs from the picture"):
        pictures.check_still(noise, tmp_path)


def test_screen_pictures_become_one_whole_segment(segment: Segment) -> None:
    assert segment.frames == pictures.SCREEN_FRAMES
    assert pictures.check_segment([segment], [])[0] is segment


def test_a_segment_that_lost_its_end_is_told(segment: Segment) -> None:
    content = segment.path.read_bytes()
    segment.path.write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(StepFailed, match="could be read back"):
        pictures.check_segment([segment], [])


def test_a_segment_that_counts_other_frames_than_it_holds_is_told(segment: Segment) -> None:
    with pytest.raises(StepFailed, match="could be read back"):
        pictures.check_segment([dataclasses.replace(segment, frames=7)], [])


def test_no_segment_and_reported_trouble_are_told(segment: Segment) -> None:
    with pytest.raises(StepFailed, match="0 segments"):
        pictures.check_segment([], [])
    with pytest.raises(StepFailed, match="disk full"):
        pictures.check_segment([segment], ["disk full"])
