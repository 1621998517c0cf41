from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.demo.camera_file import PICTURES_PER_S, pictures, write_camera_file
from proctor_desktop.demo.candidate import Candidate, sensor_noise
from proctor_desktop.demo.person import make_person
from proctor_desktop.demo.portrait import Portrait
from proctor_desktop.demo.pose import ABSENT, AT_REST
from proctor_desktop.demo.room import draw_room
from proctor_desktop.demo.script import Script, Segment, Span
from proctor_desktop.demo.visitor import make_visitor
from proctor_desktop.sources.video_file import VideoFile

COMES_AFTER_A_SECOND = Script(
    segments=(
        Segment("empty", 0.0, 1.0, ABSENT),
        Segment("sits", 1.0, 1.0, AT_REST, transition_s=0.1),
    ),
    silence=Span(0, 0),
    focus_away=Span(0, 0),
    honest=Span(0, 0),
    expected=(),
    tolerated=(),
    tail_s=0.5,
)


@pytest.fixture(scope="module")
def candidate(portrait: Portrait) -> Candidate:
    return Candidate(draw_room(), make_person(portrait), make_visitor(portrait), sensor_noise())


@pytest.fixture(scope="module")
def film(candidate: Candidate, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "camera.mp4"
    write_camera_file(COMES_AFTER_A_SECOND, candidate, path)
    return path


def test_the_film_has_every_picture_at_its_time(film: Path) -> None:
    capture = cv2.VideoCapture(str(film))
    assert capture.get(cv2.CAP_PROP_FPS) == PICTURES_PER_S
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 2.5 * PICTURES_PER_S
    capture.release()


def test_the_monitors_camera_sees_what_was_rendered(film: Path, candidate: Candidate) -> None:
    video = VideoFile(film)
    rendered = list(pictures(COMES_AFTER_A_SECOND, candidate))
    try:
        for number in (0, 8, 20, 39):
            seen = video.at(number / PICTURES_PER_S)
            assert seen is not None
            assert np.abs(seen.astype(int) - rendered[number]).mean() < 6
    finally:
        video.close()


def test_the_script_decides_who_is_seen_when(candidate: Candidate) -> None:
    rendered = list(pictures(COMES_AFTER_A_SECOND, candidate, per_s=4))
    changes = [np.abs(p.astype(int) - candidate.room).mean() for p in rendered]
    assert len(rendered) == 10
    assert max(changes[:4]) < 3
    assert min(changes[5:]) > 10


def test_a_place_that_cannot_be_written_is_named(candidate: Candidate, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"camera\.mp4"):
        write_camera_file(COMES_AFTER_A_SECOND, candidate, tmp_path / "missing" / "camera.mp4")
