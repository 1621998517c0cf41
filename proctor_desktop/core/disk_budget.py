"""What a session goes without as its disk fills up: a pure decision with hysteresis."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

LOW_BYTES = 2_000_000_000
NO_VIDEO_BYTES = 500_000_000
LAST_BYTES = 100_000_000
BACK_AT = 1.25
"""A level is left again only with this much more than what it began at, so that it cannot flap."""

SLOW_FRAMES_PER_S = 0.2


class Level(IntEnum):
    """How much there is; each level goes without what those before it do, and more."""

    AMPLE = 0
    LOW = 1
    NO_VIDEO = 2
    LAST = 3


_BEGINS_AT = {
    Level.LAST: LAST_BYTES,
    Level.NO_VIDEO: NO_VIDEO_BYTES,
    Level.LOW: LOW_BYTES,
}


@dataclass(frozen=True, slots=True)
class Savings:
    """What is done at a level: the rate of screen pictures, and why the rest is left out.

    ``frames_per_s`` None is the exam's own rate; an empty reason means that nothing is left out.
    """

    frames_per_s: float | None = None
    without_video: str = ""
    without_overlays: str = ""


_NO_VIDEO = "the disk is nearly full: no video and no clips are kept"
_LAST = "the disk is full: only violations and one picture of each are kept"

SAVINGS = {
    Level.AMPLE: Savings(),
    Level.LOW: Savings(SLOW_FRAMES_PER_S),
    Level.NO_VIDEO: Savings(SLOW_FRAMES_PER_S, _NO_VIDEO),
    Level.LAST: Savings(SLOW_FRAMES_PER_S, _LAST, _LAST),
}

TOLD = {
    Level.AMPLE: "There is enough space on this computer's disk again.",
    Level.LOW: "This computer's disk is filling up. The screen is recorded less often. "
    "Please free some space.",
    Level.NO_VIDEO: "This computer's disk is nearly full. The screen is not recorded any more, "
    "which the evidence states. Please free some space.",
    Level.LAST: "This computer's disk is full. Only observations are kept, which the evidence "
    "states. Please free some space.",
}
"""What the candidate is told when a level begins."""


def next_level(now: Level, free_bytes: int) -> Level:
    """The level at so much free space: down at once, up with a margin."""
    down = _level(free_bytes, 1.0)
    return down if down >= now else min(now, _level(free_bytes, BACK_AT))


def _level(free_bytes: int, margin: float) -> Level:
    for level, limit_bytes in _BEGINS_AT.items():
        if free_bytes < limit_bytes * margin:
            return level
    return Level.AMPLE
