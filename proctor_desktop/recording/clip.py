"""A clip of camera video: pictures from memory, with the times at which they were taken.

Encoding takes 7 to 19 ms of one core a picture; ten seconds come to 40 to 250 kB.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.moment import Moment, rfc3339
from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.recording.codec import CAMERA
from proctor_desktop.recording.encoder import FragmentedVideo, SegmentFull
from proctor_desktop.recording.memory_file import MemoryFile
from proctor_desktop.recording.ring import Pictures
from proctor_desktop.wire.rest import MAX_BLOB_BYTES

with importing_opencv():
    import cv2

LIMIT_BYTES = MAX_BLOB_BYTES * 9 // 10
"""Room is left for the seal and for the end of the file."""


class NoClip(Exception):
    """Nothing can be made of these pictures; says why."""


@dataclass(frozen=True, slots=True)
class CameraClip:
    """A whole MP4 file in memory, from its first picture's moment to its last one's.

    ``left_out`` counts the pictures at its end for which a blob has no room.
    """

    content: bytes
    started: Moment
    ended: Moment
    frames: int
    width: int
    height: int
    left_out: int = 0
    codec: str = CAMERA.name


def camera_clip(pictures: Pictures, limit_bytes: int = LIMIT_BYTES) -> CameraClip:
    """Encode ``pictures``, oldest first, as one file.

    Raises NoClip when there are none, and when the encoder cannot make a file of them.
    """
    if not pictures:
        raise NoClip("there was no camera picture in these seconds")
    try:
        return _encoded(pictures, limit_bytes)
    except av.FFmpegError as problem:
        raise NoClip(f"the encoder failed ({problem})") from problem


def _encoded(pictures: Pictures, limit_bytes: int) -> CameraClip:
    first = pictures[0].moment
    height, width = _decoded(pictures[0].jpeg).shape[:2]
    file = MemoryFile()
    about = json.dumps({"started": rfc3339(first.wall_utc), "mono_ns": first.mono_ns})
    video = FragmentedVideo(file, width, height, FRAMES_PER_S, about, limit_bytes, codec=CAMERA)
    kept = _write(video, pictures)
    if not kept:
        video.abandon()
        raise NoClip("a single picture is larger than a clip may be")
    video.close()
    return CameraClip(
        bytes(file.content),
        first,
        pictures[kept - 1].moment,
        kept,
        video.width_px,
        video.height_px,
        len(pictures) - kept,
    )


def _write(video: FragmentedVideo, pictures: Pictures) -> int:
    """How many pictures, from the first on, the video took."""
    first = pictures[0].moment
    for number, picture in enumerate(pictures):
        try:
            video.write(_decoded(picture.jpeg), picture.moment.since_s(first))
        except SegmentFull:
            return number
    return len(pictures)


def _decoded(jpeg: bytes) -> NDArray[np.uint8]:
    """A picture of the ring as BGRA, which the encoder takes."""
    bgr = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ValueError("a picture of the ring cannot be decoded")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA), np.uint8)
