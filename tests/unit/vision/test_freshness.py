from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from proctor_desktop.sources.video_file import VideoFile
from tests.fakes.rooms import Picture, lived_in, room, watched

ROOM = room(1)


def longest_s(pictures: list[Picture]) -> float:
    return max(one.frozen_s for one in watched(pictures))


@pytest.mark.parametrize("noise", [0.7, 2.0])
def test_an_empty_room_is_kept_alive_by_its_noise(noise: float) -> None:
    assert longest_s(lived_in(ROOM, 40, levels=noise)) < 0.5


@pytest.mark.parametrize("times", [2])
def test_a_slow_camera_repeats_pictures_and_is_not_frozen(times: int) -> None:
    pictures = [one for one in lived_in(ROOM, 24) for _ in range(times)]
    assert longest_s(pictures) < 1


def test_a_file_of_two_pictures_a_second_is_alive_while_somebody_moves() -> None:
    moving = [np.roll(ROOM, 6 * (n // 4), axis=1) for n in range(40)]
    assert longest_s(moving) < 1


def test_a_dark_scene_without_noise_is_alive_while_somebody_moves() -> None:
    dark = (ROOM * 0.1).astype(np.uint8)
    assert longest_s([np.roll(dark, n, axis=1) for n in range(40)]) < 1


@pytest.mark.parametrize("every", [1, 2])
def test_a_recording_that_begins_again_is_alive(every: int) -> None:
    assert longest_s([one for one in lived_in(ROOM, 8) * 6 for _ in range(every)]) < 1


def test_a_recording_that_is_played_to_and_fro_is_alive() -> None:
    once = lived_in(ROOM, 24)
    assert longest_s((once + once[::-1]) * 2) < 1


def test_in_the_dark_nothing_is_said_of_a_picture_that_stands_still() -> None:
    dark = (ROOM * 0.12).astype(np.uint8)
    assert longest_s([dark] * 40) == 0


def test_two_pictures_by_turns_are_no_life_though_each_is_encoded_anew(tmp_path: Path) -> None:
    again = lived_in(ROOM, 2) * 18
    shown = _through_a_codec([*lived_in(ROOM, 12), *again], tmp_path / "v.mkv", "mpeg4", 8)
    assert watched(shown)[-1].frozen_s > 2


def test_a_picture_that_flickers_as_a_whole_is_frozen() -> None:
    lighter = (ROOM // 2 + 60).astype(np.uint8)
    assert watched([lighter + n % 2 for n in range(40)])[-1].frozen_s > 2


def _through_a_codec(pictures: list[Picture], path: Path, codec: str, gop: int) -> list[Picture]:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=8)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        stream.gop_size, stream.bit_rate, stream.thread_count = gop, 1_000_000, 1
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    video = VideoFile(path)
    shown = [video.at(n / 8 + 0.01) for n in range(len(pictures))]
    video.close()
    return [one for one in shown if one is not None]


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_a_frozen_picture_is_known_through_a_codec_that_refreshes_it(
    tmp_path: Path, codec: str
) -> None:
    pictures = lived_in(ROOM, 12)
    shown = _through_a_codec([*pictures, *[pictures[-1]] * 36], tmp_path / "v.mkv", codec, 8)
    assert watched(shown)[-1].frozen_s > 2
