"""A span of sound as a small file: Opus in Ogg, made in memory."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.sound import RATE_HZ

BITS_PER_S = 24_000

_VOICE = {"application": "voip", "vbr": "constrained"}


def opus(samples: NDArray[np.float32]) -> bytes:
    """Mono samples at 16 kHz, from -1 to 1, as an Ogg file with Opus of about 24 kbit/s.

    About 3 kB a second. Raises ValueError when there are no samples.
    """
    if not len(samples):
        raise ValueError("there is no sound to encode")
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE_HZ, layout="mono", options=dict(_VOICE))
        stream.bit_rate = BITS_PER_S
        container.mux(stream.encode(_as_frame(samples)))
        container.mux(stream.encode(None))
    return file.getvalue()


def _as_frame(samples: NDArray[np.float32]) -> av.AudioFrame:
    bounded = np.clip(np.nan_to_num(samples), -1.0, 1.0).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(bounded[None, :], format="flt", layout="mono")
    frame.sample_rate = RATE_HZ
    frame.pts, frame.time_base = 0, Fraction(1, RATE_HZ)
    return frame
