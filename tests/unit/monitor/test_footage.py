"""The rings of camera and microphone, as clips are made of them."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from proctor_desktop.core.moment import rfc3339
from proctor_desktop.core.observation import Source
from proctor_desktop.core.policy import Recording
from proctor_desktop.core.sound import RATE_HZ
from proctor_desktop.monitor.clips import NotMade
from proctor_desktop.monitor.footage import CameraFootage, SoundFootage, footage, rings
from proctor_desktop.recording.sound_ring import SoundRing
from tests.fakes.camera_pictures import camera_frame, filled_ring
from tests.playbook import moment


def test_a_camera_clip_says_what_its_record_needs() -> None:
    made = CameraFootage(filled_ring([8, 9, 10, 11])).take(moment(9), moment(20))()
    assert made.media_type == "video/mp4"
    assert made.data == {
        "started": rfc3339(moment(9).wall_utc),
        "ended": rfc3339(moment(11).wall_utc),
        "frames": 3,
        "width": 640,
        "height": 480,
        "codec": "av1",
    }
    with av.open(io.BytesIO(made.content)) as container:
        assert len(list(container.decode(video=0))) == 3


def test_a_span_is_held_on_to_when_it_is_taken() -> None:
    ring = filled_ring([0, 1, 2], kept_s=3.0)
    make = CameraFootage(ring).take(moment(0), moment(2))
    for at_s in range(10, 20):
        ring.add(camera_frame(at_s))
    assert make().data["frames"] == 3


def test_without_pictures_there_is_a_reason() -> None:
    make = CameraFootage(filled_ring([])).take(moment(0), moment(9))
    with pytest.raises(NotMade, match="no camera picture"):
        make()


def sound(seconds: int) -> SoundRing:
    ring = SoundRing(60)
    tone = 0.3 * np.sin(np.arange(RATE_HZ) * 0.2).astype(np.float32)
    for second in range(seconds):
        ring.add(moment(second + 1), tone)
    return ring


def test_a_sound_clip_says_what_its_record_needs() -> None:
    made = SoundFootage(sound(6)).take(moment(1), moment(5))()
    assert made.media_type == "audio/ogg"
    assert made.data == {
        "started": rfc3339(moment(1).wall_utc),
        "ended": rfc3339(moment(5).wall_utc),
        "rate_hz": 16_000,
        "codec": "opus",
    }
    with av.open(io.BytesIO(made.content)) as container:
        assert sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0)) > 3.9


def test_sound_that_never_came_is_said() -> None:
    ring = sound(2)
    ring.add(moment(6), np.zeros(RATE_HZ, np.float32))
    assert SoundFootage(ring).take(moment(0), moment(9))().data["missing_s"] == pytest.approx(3.0)


def test_without_sound_there_is_a_reason() -> None:
    make = SoundFootage(SoundRing(60)).take(moment(0), moment(9))
    with pytest.raises(NotMade, match="no sound"):
        make()


@pytest.mark.parametrize(
    ("recording", "sources"),
    [
        (Recording(), set()),
        (Recording(clips=True), {Source.CAMERA}),
        (Recording(voice_clips=True), {Source.MICROPHONE}),
        (Recording(clips=True, voice_clips=True), {Source.CAMERA, Source.MICROPHONE}),
    ],
)
def test_only_what_the_exam_asks_clips_of_is_held(
    recording: Recording, sources: set[Source]
) -> None:
    assert set(footage(rings(recording))) == sources


def test_a_ring_holds_as_much_as_the_longest_clip_needs() -> None:
    held = rings(Recording(voice_clips=True, clip_s=10.0)).sound
    assert held is not None
    for second in range(60):
        held.add(moment(second + 1), np.full(RATE_HZ, 0.1, np.float32))
    span = held.cut(moment(40), moment(60))
    assert span is not None
    assert (span.seconds, span.missing_s) == (pytest.approx(20.0), 0.0)
