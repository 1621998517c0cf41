from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.sources.video_device import as_picture
from proctor_desktop.sources.video_file import VideoFile
from tests.fakes.media import shade, tone, write_video, write_wav


def test_a_time_gets_the_latest_picture_at_or_before_it(tmp_path: Path) -> None:
    video = VideoFile(write_video(tmp_path / "v.mp4", [0.0, 0.04, 0.5, 0.54]))
    shown = []
    for time_s in (0.0, 0.03, 0.125, 0.49, 0.51):
        image = video.at(time_s)
        assert image is not None
        shown.append(shade(image))
    video.close()

    assert shown == [0, 0, 1, 1, 2]


def test_after_the_last_picture_there_is_none(tmp_path: Path) -> None:
    video = VideoFile(write_video(tmp_path / "v.mp4", [0.0, 0.1, 0.2]))

    last = video.at(5.0)

    assert last is not None
    assert shade(last) == 2
    assert video.at(5.1) is None
    video.close()


def test_a_wide_picture_is_padded_above_and_below(tmp_path: Path) -> None:
    video = VideoFile(write_video(tmp_path / "v.mp4", [0.0, 0.1], size=(128, 64)))
    image = video.at(0.0)
    video.close()

    assert image is not None
    assert image.shape == (480, 640, 3)
    assert image.dtype == np.uint8
    assert not image[:78].any()
    assert image[82:398].min() > 10


@pytest.mark.parametrize("name", ["proctoringai_center_focus.mp4", "mpiigaze_demo_video00.mp4"])
@pytest.mark.media
def test_a_turned_or_large_video_looks_as_opencv_shows_it(shared: Path, name: str) -> None:
    path = shared / "media" / "videos" / name
    capture = cv2.VideoCapture(str(path))
    _, theirs = capture.read()
    capture.release()
    video = VideoFile(path)
    ours = video.at(0.0)
    video.close()

    assert ours is not None
    assert np.abs(ours.astype(int) - as_picture(theirs)).mean() < 6


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "no such file"), (b"not a video" * 99, "cannot be read"), (b"", "cannot be read")],
)
def test_what_is_no_video_is_named_with_a_remedy(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    path = tmp_path / "v.mp4"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(EnvironmentProblem, match=why) as caught:
        VideoFile(path)

    assert str(path) in str(caught.value)
    assert caught.value.remedy


def test_a_sound_file_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="no picture"):
        VideoFile(write_wav(tmp_path / "s.wav", tone(440, 0.1, 16_000)))


def test_a_folder_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot be read"):
        VideoFile(tmp_path)


def test_a_truncated_file_gives_what_is_in_it(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "v.avi", [n / 30 for n in range(60)]).read_bytes()
    cut = tmp_path / "cut.avi"
    cut.write_bytes(whole[: len(whole) // 2])
    video = VideoFile(cut)

    assert video.at(0.0) is not None
    assert video.at(10.0) is not None
    assert video.at(10.1) is None
    video.close()
