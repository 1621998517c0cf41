"""Video that survives a crash: fragmented MP4, one fragment a frame, written when it is encoded."""

from __future__ import annotations

import os
from contextlib import suppress
from fractions import Fraction
from typing import cast

os.environ.setdefault("SVT_LOG", "1")  # errors only; read by SVT-AV1 when it starts

import av
import av.error
import numpy as np
from av import VideoStream
from av.packet import Packet
from av.video.frame import PictureType
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from proctor_desktop.recording.codec import SCREEN, Codec
from proctor_desktop.recording.conversion import encodable, even
from proctor_desktop.recording.fragment import (
    OVERHEAD_BYTES,
    av1_sample,
    fragment,
    h264_sample,
)
from proctor_desktop.recording.memory_file import MemoryFile
from proctor_desktop.recording.segment_file import Sink

_MOVFLAGS = "frag_every_frame+empty_moov+default_base_moof"
_TICK = Fraction(1, 1000)
_ONE_KEY_FRAME = 1_000_000
_BT709 = 1
_SAMPLES = {"av1": av1_sample, "h264": h264_sample}


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
        self._sample = _SAMPLES[codec.name]
        self._lasts_ms = round(1 / frames_per_s / _TICK)
        self._fragments = 0
        self._head = MemoryFile()
        self._container = av.open(
            self._head,
            "w",
            format="mp4",
            options={"movflags": _MOVFLAGS, "video_track_timescale": str(_TICK.denominator)},
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
        self._written_ms = 0
        _describe_colour(self._stream.codec_context)
        self._container.start_encoding()

    def write(self, image: NDArray[np.uint8], at_s: float) -> None:
        """Encode a BGRA picture, ``at_s`` seconds after the first.

        Raises SegmentFull and OSError as ``write_encodable`` does.
        """
        self.write_encodable(encodable(image), at_s)

    def write_encodable(
        self, picture: av.VideoFrame, at_s: float, *, stands_alone: bool = False
    ) -> None:
        """The same with a picture made by ``encodable``, which may be written again later.

        One that ``stands_alone`` is not told by what it has in common with the one before.

        Raises SegmentFull when it does not fit any more, and OSError when the file cannot be
        written; then this video is over.
        """
        picture.pts = self._last_ms = max(round(at_s / _TICK), self._last_ms + 1)
        picture.time_base = _TICK
        picture.pict_type = PictureType.I if stands_alone else PictureType.NONE
        packets = self._stream.encode(picture)
        if not self._fits(packets):
            raise SegmentFull
        self._write(packets)

    def close(self) -> None:
        """Write what the encoder still holds, if anything, and end the file; raises OSError."""
        self._write(self._stream.encode(None))
        self._container.close()
        self._sink.finish(self._written_ms)
        self._check_sink()

    def abandon(self) -> None:
        """Let go of the encoder, after a failure, without adding pictures to the file."""
        with suppress(av.error.EOFError):  # it had been told of the end before
            self._stream.encode(None)
        self._container.close()

    def _write(self, packets: list[Packet[VideoStream]]) -> None:
        """On its way to the disk by the end, and sealed if the file is."""
        for packet in packets:
            if not self._fragments:
                self._sink.write(bytes(self._head.content))
            self._fragments += 1
            self._written_ms = at_ms = packet.pts or 0
            sample, key = self._sample(bytes(packet)), bool(packet.is_keyframe)
            self._sink.write(fragment(self._fragments, at_ms, self._lasts_ms, sample, key=key))
            self._sink.end_picture(at_ms)
        self._check_sink()

    def _check_sink(self) -> None:
        if self._sink.failure is not None:
            raise self._sink.failure

    def _fits(self, packets: list[Packet[VideoStream]]) -> bool:
        growth = sum(packet.size + OVERHEAD_BYTES for packet in packets)
        head_bytes = 0 if self._fragments else self._head.size_bytes
        return self._sink.size_bytes + head_bytes + growth <= self._limit_bytes


def _describe_colour(codec: av.VideoCodecContext) -> None:
    """Say in the file what the pictures are in, so that players need not guess."""
    codec.colorspace = codec.color_primaries = codec.color_trc = _BT709
    codec.color_range = ColorRange.MPEG
