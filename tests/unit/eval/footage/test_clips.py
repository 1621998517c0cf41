"""Clips: which of a video's pictures they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eval.footage.clips import clip, moments, pictures
from tests.fakes.media import shade, write_video


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Two seconds; picture n is from n / 8 s on."""
    return write_video(tmp_path / "video.mp4", [n / 8 for n in range(17)])


def test_every_picture_of_a_video_comes_with_its_time(video: Path) -> None:
    seen = [(at_s, shade(image)) for at_s, image in pictures(video, per_s=4)]
    assert seen == [(n / 4, 2 * n) for n in range(9)]


def test_a_clip_is_a_part_of_a_video_at_eight_pictures_a_second(video: Path) -> None:
    assert [shade(image) for image in clip(video, 0.5, 1.0)] == [4, 5, 6, 7]
    assert [shade(image) for image in clip(video, 1.5)] == [12, 13, 14, 15, 16]


def test_moments_are_the_pictures_at_their_times(video: Path) -> None:
    assert [shade(image) for image in moments(video, (0.3, 1.25))] == [2, 10]
