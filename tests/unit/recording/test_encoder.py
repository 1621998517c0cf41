from __future__ import annotations

import stat
from pathlib import Path

import av
import numpy as np
import pytest

from proctor_desktop.recording.codec import LIGHT_SCREEN, SCREEN, Codec
from proctor_desktop.recording.conversion import encodable
from proctor_desktop.recording.encoder import FragmentedVideo, SegmentFull
from proctor_desktop.recording.segment_file import SegmentFile
from tests.fakes.screen_frames import noisy_frame, screen_frame

LIMIT_BYTES = 1_000_000


def _open(
    path: Path, width: int = 320, height: int = 200, codec: Codec = SCREEN
) -> tuple[SegmentFile, FragmentedVideo]:
    file = SegmentFile(path)
    return file, FragmentedVideo(file, width, height, 1.0, "about", LIMIT_BYTES, codec=codec)


def _times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [round(float(frame.time or 0), 3) for frame in container.decode(video=0)]


def test_pictures_keep_their_real_times(tmp_path: Path) -> None:
    file, video = _open(tmp_path / "v.part")
    times = [0.0, 1.003, 1.998, 5.5, 9.001]
    for number, time_s in enumerate(times):
        video.write(screen_frame(number, time_s).image, time_s)
    video.close()
    file.close()

    assert _times(tmp_path / "v.part") == times
    with av.open(str(tmp_path / "v.part")) as container:
        assert container.metadata["comment"] == "about"
        assert container.streams.video[0].codec_context.name in {"libdav1d", "av1"}


@pytest.mark.parametrize("codec", [SCREEN, LIGHT_SCREEN], ids=lambda codec: codec.name)
def test_every_picture_is_readable_as_soon_as_it_is_written(tmp_path: Path, codec: Codec) -> None:
    file, video = _open(tmp_path / "v.part", codec=codec)
    for number in range(6):
        video.write(screen_frame(number, number).image, float(number))
        assert len(_times(tmp_path / "v.part")) == number + 1
    video.close()
    file.close()
    assert len(_times(tmp_path / "v.part")) == 6


def test_odd_sides_are_made_even_and_nothing_is_cut_off(tmp_path: Path) -> None:
    image = screen_frame(1, 0, text=0, size=(321, 201)).image
    image[200, :] = (0, 0, 255, 0)
    file, video = _open(tmp_path / "v.part", 321, 201)
    video.write(image, 0.0)
    video.close()
    file.close()

    with av.open(str(tmp_path / "v.part")) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert shown.shape == (202, 322, 3)
    assert shown[201, 160, 0] > 200
    assert shown[201, 160, 1] < 80


def test_colours_come_out_as_they_went_in(tmp_path: Path) -> None:
    image = np.zeros((200, 320, 4), np.uint8)
    for column, bgr in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)]):
        image[:, column * 80 : column * 80 + 80, :3] = bgr
    file, video = _open(tmp_path / "v.part")
    video.write(image, 0.0)
    video.close()
    file.close()

    with av.open(str(tmp_path / "v.part")) as container:
        frame = next(container.decode(video=0))
        shown = frame.reformat(format="rgb24", src_colorspace="ITU709").to_ndarray()
    for column in range(4):
        wanted = image[100, column * 80 + 40, 2::-1].astype(int)
        assert np.abs(shown[100, column * 80 + 40] - wanted).max() < 12


def test_a_picture_that_does_not_fit_is_refused_and_the_file_stays_whole(tmp_path: Path) -> None:
    file = SegmentFile(tmp_path / "v.part")
    video = FragmentedVideo(file, 640, 400, 1.0, "", 900_000)
    written = 0
    try:
        for number in range(200):
            video.write(noisy_frame(number, number, (640, 400)).image, float(number))
            written += 1
    except SegmentFull:
        video.close()
    file.close()

    assert 0 < written < 200
    assert (tmp_path / "v.part").stat().st_size <= 910_000
    assert len(_times(tmp_path / "v.part")) == written


def test_the_file_is_new_and_private(tmp_path: Path) -> None:
    path = tmp_path / "v.part"
    file = SegmentFile(path)
    file.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        SegmentFile(path)


def test_a_picture_can_be_written_again_later(tmp_path: Path) -> None:
    file, video = _open(tmp_path / "v.part")
    picture = encodable(screen_frame(3, 0).image)
    for time_s in (0.0, 2.5, 4.0):
        video.write_encodable(picture, time_s)
    video.close()
    file.close()
    assert _times(tmp_path / "v.part") == [0.0, 2.5, 4.0]
