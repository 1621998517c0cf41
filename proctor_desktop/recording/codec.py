"""The codecs that video is written in, and which of them this machine can afford for its screen.

SVT-AV1 is told whether it sees a screen (``scm``), to use one thread, and to hold no frame back
(``pred-struct=1``, ``rtc=1``), so that each picture is a packet, and with the next one on disk,
before the call returns. Without layers of pictures it takes a sixth less memory and no more bytes.
Of a screen's video the pictures that stand alone are made finer than the others
(``key-frame-qindex-offset``): most of what is shown afterwards is still that picture. What is
smooth or grainy, a photograph or a shaded figure, is made much finer than its contrast asks for
(``variance-boost``): beside text that costs few bits. Slightly coarser high frequencies (``qm``)
pay for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec by the name that records give it, the library's encoder and its options."""

    name: str
    encoder: str
    options: Mapping[str, str]


_ONE_BY_ONE = "lp=1:pred-struct=1:rtc=1:hierarchical-levels=0"
_FINER_ALONE = (
    "use-fixed-qindex-offsets=1:qindex-offsets=[0]:chroma-qindex-offsets=[0]:"
    "key-frame-qindex-offset=-54:key-frame-chroma-qindex-offset=0"
)
_FINER_SMOOTH = (
    "enable-variance-boost=1:variance-boost-strength=4:variance-boost-curve=2:enable-qm=1:qm-min=10"
)

SCREEN = Codec(
    "av1",
    "libsvtav1",
    MappingProxyType(
        {
            "preset": "9",
            "crf": "22",
            "svtav1-params": f"scm=1:{_ONE_BY_ONE}:{_FINER_ALONE}:{_FINER_SMOOTH}",
        }
    ),
)
CAMERA = Codec(
    "av1",
    "libsvtav1",
    MappingProxyType({"preset": "8", "crf": "40", "svtav1-params": f"scm=0:{_ONE_BY_ONE}"}),
)
LIGHT_SCREEN = Codec(
    "h264",
    "libx264",
    MappingProxyType({"preset": "veryfast", "tune": "zerolatency", "crf": "24", "threads": "1"}),
)
"""For machines that are too slow for AV1; about three times the bytes for a fifth of the time."""

AFFORDABLE_SHARE = 0.3
"""Of one core: more than this screen video in AV1 may not take when every picture is encoded."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How long AV1 took for the first picture of a screen, and for another one after it."""

    first_s: float
    next_s: float

    def share(self, frames_per_s: float, segment_s: float) -> float:
        """Of one core, at that rate."""
        return self.first_s / segment_s + self.next_s * frames_per_s


def affordable(trial: Trial, frames_per_s: float, segment_s: float) -> Codec:
    """What to record a screen in, by what a trial took."""
    slow = trial.share(frames_per_s, segment_s) > AFFORDABLE_SHARE
    return LIGHT_SCREEN if slow else SCREEN


def timed_s(work: Callable[[], object]) -> float:
    """How long ``work`` takes, in seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
