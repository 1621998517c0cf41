"""A video file as a camera would have seen it, by its own timestamps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import av
import av.container
import av.error
import numpy as np

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.sources.picture import Image, fitted_size, padded

_RIGHT_ANGLE_DEG = 90
_REMEDY = "Name a video file that a player can play, such as MP4 with H.264."


class VideoFile:
    """Gives the picture that belongs to a time in the file; times only go forward.

    Frames are decoded in order and once; only those asked for are converted.
    """

    def __init__(self, path: Path) -> None:
        """Open ``path`` and decode its first frame; raises EnvironmentProblem."""
        self._path = path
        try:
            self._container = av.open(str(path), "r")
        except (av.error.FFmpegError, OSError) as problem:
            raise _unreadable(path, problem) from problem
        try:
            self._start()
        except BaseException:
            self._container.close()
            raise

    def _start(self) -> None:
        if not self._container.streams.video:
            raise EnvironmentProblem(str(self._path), "there is no picture in it", _REMEDY)
        self._aspect = float(self._container.streams.video[0].sample_aspect_ratio or 1.0)
        self._frames = _decoded(self._container)
        self._coming = self._next()
        if self._coming is None:
            raise EnvironmentProblem(
                str(self._path), "not one of its pictures can be decoded", _REMEDY
            )
        self._first_s = self._coming[0]
        self._present = self._coming[1]
        self._given = False

    def at(self, time_s: float) -> Image | None:
        """The latest picture at or before ``time_s`` (0 = the first); None after the last one.

        RGB, ``uint8``, 480 x 640 x 3. The last picture is given once at least, however short the
        file is. Raises EnvironmentProblem when the file cannot be read any further.
        """
        while self._coming is not None and self._coming[0] - self._first_s <= time_s:
            self._present, self._given = self._coming[1], False
            self._coming = self._next()
        if self._coming is None and self._given:
            return None
        self._given = True
        return _as_picture(self._present, self._aspect)

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def _next(self) -> tuple[float, av.VideoFrame] | None:
        try:
            return next(self._frames, None)
        except (av.error.FFmpegError, OSError) as problem:
            raise _unreadable(self._path, problem) from problem


def _decoded(container: av.container.InputContainer) -> Iterator[tuple[float, av.VideoFrame]]:
    """Every frame that can be decoded, with its time; damaged packets cost their own frames only.

    A bare stream has no timestamps: there the frame rate counts.
    """
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1
    every_s = 1 / float(stream.average_rate or FRAMES_PER_S)
    number = 0
    for packet in container.demux(stream):
        with suppress(av.error.InvalidDataError):
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    yield (number * every_s if frame.time is None else frame.time), frame
                    number += 1


def _as_picture(frame: av.VideoFrame, aspect: float) -> Image:
    width, height = frame.width, frame.height
    if frame.rotation % 180:
        height, width = fitted_size(height, width, 1 / aspect)
    else:
        width, height = fitted_size(width, height, aspect)
    image = frame.reformat(width=width, height=height, format="rgb24").to_ndarray()
    upright = np.rot90(image, frame.rotation // _RIGHT_ANGLE_DEG)
    return padded(np.ascontiguousarray(upright, np.uint8))


def _unreadable(path: Path, problem: Exception) -> EnvironmentProblem:
    if not path.exists():
        return EnvironmentProblem(str(path), "there is no such file", "Check the path.")
    reason = getattr(problem, "strerror", None) or str(problem)
    return EnvironmentProblem(str(path), f"it cannot be read as a video ({reason})", _REMEDY)
