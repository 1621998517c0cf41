"""Whether a video plays: how many of its pictures decode, finished or cut off by a crash."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av


@dataclass(frozen=True, slots=True)
class ReadablePrefix:
    """The whole frames of an unfinished file and what they look like."""

    frames: int
    width: int
    height: int
    codec: str


def readable_frames(path: Path) -> ReadablePrefix | None:
    """Count the frames that decode, from the start on; None if there is not even one."""
    try:
        with av.open(str(path), "r", format="mp4") as container:
            if not container.streams.video:
                return None
            stream = container.streams.video[0]
            frames = _decodable(container, stream)
            codec = stream.codec_context
            found = ReadablePrefix(frames, codec.width, codec.height, codec.name)
    except (av.FFmpegError, OSError):
        return None
    return found if frames else None


def _decodable(container: av.container.InputContainer, stream: av.VideoStream) -> int:
    frames = 0
    try:
        for _ in container.decode(stream):
            frames += 1
    except av.FFmpegError:
        # The last frame was cut off by the crash; those before it are whole.
        return frames
    return frames
