from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.sources.video_file import VideoFile
from proctor_desktop.vision.picture import without_border
from tests.fakes.rooms import Picture, hand, lived_in, noisy, room, taped, watched

ROOM = room(1)
BLACK = np.zeros((480, 640, 3), np.uint8)
MIDDLE = (np.abs(np.arange(640) - 319.5) < 160)[None, :, None]
COVERED = 0.01
"""Below this the policy calls a camera covered."""


def test_two_a_second_are_told_with_the_number_of_the_picture() -> None:
    seen = watched(lived_in(ROOM, 24))
    assert [one.frame for one in seen] == [4, 8, 12, 16, 20]


def test_after_an_outage_all_is_begun_anew() -> None:
    seen = watched(lived_in(ROOM, 3) + lived_in(room(2), 3), per_s=0.5)
    assert not seen  # each picture is the first one again


@pytest.mark.parametrize("light", [1.0, 0.1])
@pytest.mark.parametrize("noise", [0.5, 3.0])
def test_a_room_has_detail_even_when_it_is_dark(light: float, noise: float) -> None:
    dim = (ROOM * light).astype(np.uint8)
    assert all(one.detail > 2 * COVERED for one in watched(lived_in(dim, 12, levels=noise)))


def test_brightness_is_that_of_the_picture() -> None:
    grey = np.full((480, 640, 3), 51, np.uint8)
    assert watched(lived_in(grey, 6, levels=0.1))[0].brightness == pytest.approx(0.2, abs=0.01)


@functools.cache
def _covers() -> dict[str, Picture]:
    return {
        "black": BLACK,
        "grey": np.full((480, 640, 3), 90, np.uint8),
        "hand": hand(60.0),
        "hand in the light": hand(180.0),
        "tape": taped(ROOM),
    }


@pytest.mark.parametrize("cover", list(_covers()))
@pytest.mark.parametrize("noise", [0.0, 2.0, 10.0])
def test_a_covered_lens_has_no_detail_whatever_its_noise(cover: str, noise: float) -> None:
    seen = watched(lived_in(_covers()[cover], 12, levels=noise))
    assert all(one.detail < COVERED for one in seen)


def test_the_black_beside_a_narrower_picture_is_no_detail() -> None:
    covered = BLACK.copy()
    covered[60:420] = 90
    assert all(one.detail < COVERED for one in watched([covered] * 12))


def test_covering_is_seen_within_a_second_and_so_is_uncovering() -> None:
    seen = watched(lived_in(ROOM, 16) + lived_in(hand(60.0), 16, 100) + lived_in(ROOM, 16, 200))
    covered = [one.frame for one in seen if one.detail < COVERED]
    assert covered[0] <= 24
    assert 32 <= covered[-1] + 4 <= 40


def test_a_picture_that_is_another_one_as_a_whole_is_spoken_of_at_once() -> None:
    for before in range(16, 20):  # wherever in the half second it happens
        seen = watched(lived_in(ROOM, before) + lived_in(BLACK, 4, 100))
        assert before in [one.frame for one in seen]


def test_a_frozen_picture_is_spoken_of_with_each_showing() -> None:
    pictures = lived_in(ROOM, 16)
    seen = watched(pictures + [pictures[-1]] * 16)
    assert [one.frame for one in seen if one.frozen_s >= 1.0] == list(range(23, 32))


def test_pictures_that_come_a_little_early_are_no_reason_to_wait() -> None:
    seen = watched(lived_in(ROOM, 24), per_s=8.05)
    assert [one.frame for one in seen] == [4, 8, 12, 16, 20]


def test_a_covered_lens_is_not_called_frozen_as_well() -> None:
    assert all(one.frozen_s == 0 for one in watched([BLACK] * 40))


def test_a_picture_that_is_repeated_is_frozen_from_its_first_showing() -> None:
    pictures = lived_in(ROOM, 16)
    seen = watched(pictures + [pictures[-1]] * 24)
    assert seen[-1].frozen_s == pytest.approx((seen[-1].frame - 15) / 8, abs=0.01)
    assert not any(one.replaced for one in seen)


def test_a_border_is_taken_off_evenly_and_a_black_picture_left_alone() -> None:
    pictures = np.zeros((4, 60, 80), np.uint8)
    assert without_border(pictures).shape == (4, 60, 80)
    pictures[:, 8:52] = 9
    assert without_border(pictures).shape == (4, 42, 80)


def test_a_narrower_picture_of_another_room_is_another_scene() -> None:
    """The cut comes right before a look, when the last pictures have two different borders."""
    narrow = [np.where(MIDDLE, one, 0).astype(np.uint8) for one in lived_in(room(6), 16)]
    seen = watched(lived_in(room(3), 16) + narrow)
    assert [one.frame for one in seen if one.replaced] == [24]


def test_pictures_are_not_written_to() -> None:
    pictures = [noisy(ROOM, n) for n in range(8)]
    for picture in pictures:
        picture.flags.writeable = False
    assert watched(pictures)


@pytest.mark.media
@pytest.mark.slow
@pytest.mark.parametrize(
    "clip",
    ["liveportrait_d3.mp4", "mpiigaze_demo_video00.mp4", "mpiigaze_demo_video02.mp4"],
)
def test_nothing_is_wrong_with_an_honest_picture(shared: Path, clip: str) -> None:
    video = VideoFile(shared / "media" / "videos" / clip)
    shown = [video.at(n / 8) for n in range(100)]
    video.close()
    seen = watched(one for one in shown if one is not None)
    assert len(seen) > 10
    assert min(one.detail for one in seen) > 5 * COVERED
    assert max(one.frozen_s for one in seen) < 1
    assert not any(one.replaced for one in seen)


@pytest.mark.media
def test_a_cut_to_another_film_is_another_scene(shared: Path) -> None:
    video = VideoFile(shared / "media" / "videos" / "pyfeat_face_noface.mov")
    shown = [video.at(n / 8) for n in range(48)]
    video.close()
    told = [one.frame / 8 for one in watched(p for p in shown if p is not None) if one.replaced]
    assert len(told) == 1
    assert 2.6 < told[0] < 5
