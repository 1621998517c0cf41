"""Encoding a picture or two to see how fast this machine is."""

from __future__ import annotations

import av

from proctor_desktop.recording.codec import SCREEN, Trial, timed_s
from proctor_desktop.recording.encoder import FragmentedVideo
from proctor_desktop.recording.memory_file import MemoryFile

_NO_LIMIT_BYTES = 1 << 40


def trial(picture: av.VideoFrame) -> Trial:
    """Encode ``picture`` twice in AV1, to nowhere, and tell how long that took."""
    size = picture.width, picture.height
    videos: list[FragmentedVideo] = []

    def first() -> None:
        video = FragmentedVideo(MemoryFile(), *size, 1.0, "", _NO_LIMIT_BYTES, codec=SCREEN)
        videos.append(video)
        video.write_encodable(picture, 0.0)

    first_s = timed_s(first)
    next_s = timed_s(lambda: videos[0].write_encodable(picture, 1.0))
    videos[0].abandon()
    return Trial(first_s, next_s)
