"""Video that survives a crash: fragmented MP4, one fragment a frame."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from fractions import Fraction
from typing import cast

os.environ.setdefault("SVT_LOG", "1")  # errors only; read by SVT-AV1 when it starts

import av
import av.error
import numpy as np
from av import VideoStream
from av.packet import Packet
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from proctor_desktop.recording.codec import SCREEN, Codec
from proctor_desktop.recording.segment_file import Sink

_MOVFLAGS = "frag_every_frame+empty_moov+default_base_moof"
_TICK = Fraction(1, 1000)
_ONE_KEY_FRAME = 1_000_000
_BT709 = 1
_FRAGMENT_OVERHEAD_BYTES = 512


class _Reformatter(threading.local):
    """One a thread, kept: to prepare a conversion takes a quarter as long as to do it."""

    def __init__(self) -> None:
        self.kept = VideoReformatter()


_reformatter = _Reformatter()


class SegmentFull(Exception):
    """The next frame would make the file larger than it may get; the frame was not written."""


class FragmentedVideo:
    """Writes pictures with their times into ``sink``.

    The picture's size is fixed; odd sides are made even by repeating the last row or column. A
    file never gets larger than ``limit_bytes``.
    """

    def __init__(
        self,
        sink: Sink,
        width_px: int,
        height_px: int,
        frames_per_s: float,
        comment: str,
        limit_bytes: int,
        *,
        codec: Codec = SCREEN,
    ) -> None:
        self.width_px, self.height_px = even(width_px), even(height_px)
        self._sink = sink
        self._limit_bytes = limit_bytes
        self._container = av.open(
            sink,
            "w",
            format="mp4",
            options={"movflags": _MOVFLAGS, "flush_packets": "1"},
        )
        self._container.metadata["comment"] = comment
        rate = Fraction(frames_per_s).limit_denominator(1000)
        self._stream = cast(
            "VideoStream",
            self._container.add_stream(codec.encoder, rate=rate, options=dict(codec.options)),
        )
        self._stream.width, self._stream.height = self.width_px, self.height_px
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = self._stream.time_base = _TICK
        self._stream.codec_context.gop_size = _ONE_KEY_FRAME
        self._last_ms = -1
        self._written_ms = -1
        self._held_bytes = 0
        _describe_colour(self._stream.codec_context)

    def write(self, image: NDArray[np.uint8], at_s: float) -> None:
        """Encode a BGRA picture, ``at_s`` seconds after the first.

        Raises SegmentFull and OSError as ``write_encodable`` does.
        """
        self.write_encodable(encodable(image), at_s)

    def write_encodable(self, picture: av.VideoFrame, at_s: float) -> None:
        """The same with a picture made by ``encodable``, which may be written again later.

        Raises SegmentFull when it does not fit any more, and OSError when the file cannot be
        written; then this video is over.
        """
        picture.pts = self._last_ms = max(round(at_s / _TICK), self._last_ms + 1)
        picture.time_base = _TICK
        packets = self._stream.encode(picture)
        if not self._fits(packets):
            raise SegmentFull
        self._mux(packets)
        if self._written_ms >= 0:  # the one before is on its way to the disk by now, not this one
            self._sink.end_picture(self._written_ms)
            self._check_sink()
        self._written_ms = self._last_ms

    def close(self) -> None:
        """Write what is still held back and the end of the file; raises OSError."""
        self._mux(self._stream.encode(None))
        self._container.close()
        self._sink.finish(max(0, self._written_ms))
        self._check_sink()

    def abandon(self) -> None:
        """Let go of the encoder, after a failure, without adding pictures to the file."""
        with suppress(av.error.EOFError):  # it had been told of the end before
            self._stream.encode(None)
        self._container.close()

    def _mux(self, packets: list[Packet[VideoStream]]) -> None:
        self._container.mux(packets)
        self._check_sink()

    def _check_sink(self) -> None:
        if self._sink.failure is not None:
            raise self._sink.failure

    def _fits(self, packets: list[Packet[VideoStream]]) -> bool:
        """Whether the file has room for these packets, and for the one still held back."""
        growth = sum(packet.size + _FRAGMENT_OVERHEAD_BYTES for packet in packets)
        fits = self._sink.size_bytes + self._held_bytes + growth <= self._limit_bytes
        self._held_bytes = growth
        return fits


def encodable(image: NDArray[np.uint8]) -> av.VideoFrame:
    """A BGRA picture as the encoder takes it, in three eighths of the memory."""
    whole = np.ascontiguousarray(_with_even_sides(image))
    return _reformatter.kept.reformat(
        av.VideoFrame.from_numpy_buffer(whole, format="bgra"),
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )


def look_alike(one: av.VideoFrame, other: av.VideoFrame) -> bool:
    """Whether two pictures of one size, made by ``encodable``, are the same to the encoder."""
    if one is other:
        return True
    pairs = zip(one.planes, other.planes, strict=True)
    return all(np.array_equal(_pixels(plane), _pixels(second)) for plane, second in pairs)


def unlike(one: av.VideoFrame, other: av.VideoFrame) -> float:
    """The share of pixels in which two pictures of one size differ, 0 only if in none at all."""
    if look_alike(one, other):
        return 0.0
    share = float(np.mean(_pixels(one.planes[0]) != _pixels(other.planes[0])))
    return max(share, np.finfo(float).tiny)


def _pixels(plane: VideoPlane) -> NDArray[np.uint8]:
    """Without what fills up its lines."""
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return lines[:, : plane.width]


def even(pixels: int) -> int:
    """A side of the video for that of a picture."""
    return pixels + pixels % 2


def _with_even_sides(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    if not (height % 2 or width % 2):
        return image
    return np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _describe_colour(codec: av.VideoCodecContext) -> None:
    """Say in the file what the pictures are in, so that players need not guess."""
    codec.colorspace = codec.color_primaries = codec.color_trc = _BT709
    codec.color_range = ColorRange.MPEG
