"""Pictures from memory become a file that plays."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from proctor_desktop.recording.clip import CameraClip, NoClip, camera_clip
from proctor_desktop.recording.ring import Pictures, RingPicture
from tests.fakes.camera_pictures import filled_ring
from tests.playbook import moment


def pictures(*times_s: float, noise: bool = False) -> Pictures:
    return filled_ring(times_s, noise=noise).between(moment(0), moment(100))


def frames(clip: CameraClip) -> list[av.VideoFrame]:
    with av.open(io.BytesIO(clip.content)) as container:
        return list(container.decode(video=0))


def test_pictures_keep_their_true_times() -> None:
    clip = camera_clip(pictures(2.0, 2.125, 2.25, 4.5, 4.625))
    assert [round(float(one.time or 0), 3) for one in frames(clip)] == [0, 0.125, 0.25, 2.5, 2.625]
    assert (clip.started, clip.ended) == (moment(2), moment(4.625))


def test_the_clip_says_what_it_holds() -> None:
    clip = camera_clip(pictures(0, 1, 2))
    assert (clip.frames, clip.width, clip.height, clip.codec) == (3, 640, 480, "av1")
    assert clip.left_out == 0
    assert len(frames(clip)) == 3


def test_pictures_look_as_they_did() -> None:
    first, *_, last = frames(camera_clip(pictures(0, 5, 10)))
    assert np.abs(first.to_ndarray(format="rgb24").astype(int) - 40).mean() < 4
    assert np.abs(last.to_ndarray(format="rgb24").astype(int) - 80).mean() < 4


def test_one_picture_is_a_clip() -> None:
    assert len(frames(camera_clip(pictures(3)))) == 1


def test_without_pictures_there_is_no_clip() -> None:
    with pytest.raises(NoClip, match="no camera picture"):
        camera_clip(())


def test_a_clip_that_gets_too_large_ends_early_and_says_so() -> None:
    clip = camera_clip(pictures(*range(6), noise=True), limit_bytes=400_000)
    assert len(clip.content) <= 400_000
    assert clip.frames + clip.left_out == 6
    assert 0 < clip.frames < 6
    assert len(frames(clip)) == clip.frames
    assert clip.ended == moment(clip.frames - 1)


def test_a_picture_that_is_larger_than_any_clip_is_named() -> None:
    with pytest.raises(NoClip, match="larger than a clip"):
        camera_clip(pictures(0, noise=True), limit_bytes=1000)


def test_what_is_no_picture_is_an_error_and_no_clip() -> None:
    with pytest.raises(ValueError, match="cannot be decoded"):
        camera_clip((RingPicture(moment(0), b"no picture"),))
