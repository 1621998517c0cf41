"""The last seconds of the sources, as clips are made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from proctor_desktop.core import media_type
from proctor_desktop.core.moment import Moment, rfc3339
from proctor_desktop.core.observation import Source
from proctor_desktop.core.policy import Recording
from proctor_desktop.core.sound import RATE_HZ
from proctor_desktop.monitor.clips import Footage, Made, NotMade, ring_s
from proctor_desktop.recording.clip import CameraClip, NoClip, camera_clip
from proctor_desktop.recording.ring import CameraRing, Pictures
from proctor_desktop.recording.sound_clip import opus
from proctor_desktop.recording.sound_ring import SoundRing, SoundSpan


@dataclass(frozen=True, slots=True)
class Rings:
    """What is held in memory for clips; None for what the exam asks no clips of."""

    camera: CameraRing | None = None
    sound: SoundRing | None = None


def rings(recording: Recording) -> Rings:
    """The rings that this exam needs."""
    holds_s = ring_s(recording.clip_s)
    return Rings(
        CameraRing(holds_s) if recording.clips else None,
        SoundRing(holds_s) if recording.voice_clips else None,
    )


def footage(held: Rings) -> dict[Source, Footage]:
    """What clips can be made of."""
    found: dict[Source, Footage] = {}
    if held.camera is not None:
        found[Source.CAMERA] = CameraFootage(held.camera)
    if held.sound is not None:
        found[Source.MICROPHONE] = SoundFootage(held.sound)
    return found


class CameraFootage:
    """Clips of camera video."""

    def __init__(self, ring: CameraRing) -> None:
        self._ring = ring

    def take(self, start: Moment, end: Moment) -> Callable[[], Made]:
        """Hold on to the pictures of this span; encoded later."""
        pictures = self._ring.between(start, end)
        return lambda: _camera_clip(pictures)


class SoundFootage:
    """Clips of the microphone's sound, for an exam that says that voices are kept."""

    def __init__(self, ring: SoundRing) -> None:
        self._ring = ring

    def take(self, start: Moment, end: Moment) -> Callable[[], Made]:
        """Hold on to the sound of this span; encoded later."""
        span = self._ring.cut(start, end)
        return lambda: _sound_clip(span)


def _camera_clip(pictures: Pictures) -> Made:
    try:
        clip = camera_clip(pictures)
    except NoClip as problem:
        raise NotMade(str(problem)) from problem
    return Made(clip.content, media_type.MP4, _camera_data(clip))


def _camera_data(clip: CameraClip) -> dict[str, Any]:
    data: dict[str, Any] = {
        "started": rfc3339(clip.started.wall_utc),
        "ended": rfc3339(clip.ended.wall_utc),
        "frames": clip.frames,
        "width": clip.width,
        "height": clip.height,
        "codec": clip.codec,
    }
    if clip.left_out:
        data["left_out"] = clip.left_out
    return data


def _sound_clip(span: SoundSpan | None) -> Made:
    if span is None:
        raise NotMade("there was no sound in these seconds")
    data: dict[str, Any] = {
        "started": rfc3339(span.begins.wall_utc),
        "ended": rfc3339(span.begins.later(span.seconds).wall_utc),
        "rate_hz": RATE_HZ,
        "codec": "opus",
    }
    if span.missing_s:
        data["missing_s"] = round(span.missing_s, 3)
    return Made(opus(span.samples), media_type.OGG, data)
