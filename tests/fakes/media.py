"""Small files made on the spot: videos with known pictures, and sounds."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray


def write_video(path: Path, times_s: Sequence[float], size: tuple[int, int] = (64, 48)) -> Path:
    """An MPEG-4 video at the given times; picture n is a grey of 20 + 10 (n mod 20)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=30)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, time_s in enumerate(times_s):
            grey = np.full((size[1], size[0], 3), 20 + 10 * (number % 20), np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts, frame.time_base = round(time_s * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def shade(image: NDArray[np.uint8]) -> int:
    """The number that ``write_video`` gave the picture whose middle this is."""
    return round((float(image[230:250, 310:330].mean()) - 20) / 10)


def write_wav(
    path: Path,
    samples: NDArray[np.float64],
    rate_hz: int = 16_000,
    width: int = 2,
    channels: int = 1,
) -> Path:
    """Samples from -1 to 1 as PCM, the same on every channel."""
    if width == 1:
        raw = np.round(samples * 127 + 128).astype(np.uint8).reshape(-1, 1)
    else:
        whole = np.round(samples * (2.0 ** (8 * width - 1) - 1)).astype("<i4")
        raw = whole.view(np.uint8).reshape(-1, 4)[:, :width]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(np.repeat(raw[:, None, :], channels, axis=1).tobytes())
    return path


def tone(hertz: float, seconds: float, rate_hz: int, amplitude: float = 0.5) -> NDArray[np.float64]:
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate_hz)) / rate_hz)
