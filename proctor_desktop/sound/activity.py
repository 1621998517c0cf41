"""Is anything to be heard? A level, a threshold that follows the room, and a yes or no.

The level of a 100 ms block is that of its quieter parts: the block is cut into ten pieces of 10 ms,
and the quarter point of their levels counts. A key click fills a piece or two and does not move it;
speech fills most of them. The level is then smoothed with a factor of 0.8 a block, so that it is
also some time after a sound before it counts as over; but from then on the quiet is dated back to
where the sound itself ended.

The threshold lies 10 dB above the room's noise floor, and the floor is what the quietest tenth of
the last 10 s was like, so that it comes from the pauses of whoever speaks. It is never below
-45 dBFS (typing stays under that on an ordinary desk, and digital silence has no floor at all) and
never above -35 dBFS (so that speech without a pause cannot lift it above itself).

Once the room has been measured, while the candidate sat still for the neutral pose, its floor is
that of those seconds and the threshold stays where they put it.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.observation import SoundLevel
from proctor_desktop.core.sound import BLOCK_S, BLOCKS_A_REPORT

SILENCE_DBFS = -100.0
LOWEST_THRESHOLD_DBFS = -45.0
HIGHEST_THRESHOLD_DBFS = -35.0

_PIECES_A_BLOCK = 10
_QUARTER = 25.0
_SMOOTHING = 0.8
_FLOOR_BLOCKS = 100
_FLOOR_PERCENTILE = 10.0
_FLOOR_NEEDS_BLOCKS = 30
_MARGIN_DB = 10.0
_ROOM_BLOCKS = 25


class SoundActivity:
    """Turns blocks of 1600 samples at 16 kHz into a SoundLevel about every half second.

    In the quiet the half seconds are counted from where it began, so that a rule that waits for so
    many seconds of it hears of their end at once.
    """

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=_FLOOR_BLOCKS)
        self._amplitude = _amplitude(SILENCE_DBFS)
        self._threshold_dbfs = LOWEST_THRESHOLD_DBFS
        self._untold_blocks = 0
        self._quiet_blocks = 0
        self._measuring: list[float] | None = None
        self._room_dbfs: float | None = None

    @property
    def room_dbfs(self) -> float | None:
        """The noise floor of the room as last measured; None before and while it is."""
        return self._room_dbfs

    def measure_room(self) -> None:
        """Take the next 2.5 s as what the room sounds like when nobody does anything.

        A cough within them does no harm. Until they have passed, the running floor counts. May be
        called from another thread than ``hear``.
        """
        self._room_dbfs, self._measuring = None, []

    def hear(self, samples: NDArray[np.float32]) -> SoundLevel | None:
        """Take the next block (numbers from -1 to 1); the level after about every fifth one."""
        level = block_level_dbfs(samples)
        self._recent.append(level)
        self._amplitude = _SMOOTHING * self._amplitude + (1 - _SMOOTHING) * _amplitude(level)
        self._measure(level)
        self._untold_blocks += 1
        loud = level > self._threshold_dbfs and self._level_dbfs > self._threshold_dbfs
        self._quiet_blocks = 0 if loud else self._quiet_blocks + 1
        return self._report() if self._due else None

    def _measure(self, level_dbfs: float) -> None:
        room = self._measuring
        if room is None:
            return
        room.append(level_dbfs)
        if len(room) >= _ROOM_BLOCKS:
            self._measuring, self._room_dbfs = None, round(room_floor_dbfs(room), 1)

    @property
    def _level_dbfs(self) -> float:
        return round(_dbfs(self._amplitude), 1)

    @property
    def _due(self) -> bool:
        if self._quiet_blocks:
            return self._quiet_blocks % BLOCKS_A_REPORT == 0
        return self._untold_blocks >= BLOCKS_A_REPORT

    def _report(self) -> SoundLevel:
        room = self._room_dbfs
        threshold = threshold_dbfs(self._recent) if room is None else _above(room)
        self._threshold_dbfs = round(threshold, 1)
        span_s, self._untold_blocks = self._untold_blocks * BLOCK_S, 0
        return SoundLevel(
            level_dbfs=self._level_dbfs,
            threshold_dbfs=self._threshold_dbfs,
            active=self._level_dbfs > self._threshold_dbfs,
            span_s=round(span_s, 1),
            quiet_s=round(self._quiet_blocks * BLOCK_S, 1),
        )


def block_level_dbfs(samples: NDArray[np.float32]) -> float:
    """The level of a block's quieter parts, from -100 to 0; 0 is a square wave at full scale."""
    pieces = samples.astype(np.float64).reshape(_PIECES_A_BLOCK, -1)
    loudness = np.sqrt(np.mean(pieces**2, axis=1))
    return _dbfs(float(np.percentile(loudness, _QUARTER)))


def threshold_dbfs(recent_dbfs: deque[float]) -> float:
    """The level above which sound counts, from the block levels of the last ten seconds.

    Until three seconds are known, the lowest threshold stands in for a calibrated one.
    """
    if len(recent_dbfs) < _FLOOR_NEEDS_BLOCKS:
        return LOWEST_THRESHOLD_DBFS
    return _above(float(np.percentile(np.array(recent_dbfs), _FLOOR_PERCENTILE)))


def room_floor_dbfs(levels_dbfs: list[float]) -> float:
    """The floor of a room from its block levels: the quarter point, which a cough does not move."""
    return float(np.percentile(np.array(levels_dbfs), _QUARTER))


def _above(floor_dbfs: float) -> float:
    return min(max(floor_dbfs + _MARGIN_DB, LOWEST_THRESHOLD_DBFS), HIGHEST_THRESHOLD_DBFS)


def _amplitude(dbfs: float) -> float:
    return float(10 ** (dbfs / 20))


def _dbfs(amplitude: float) -> float:
    return max(SILENCE_DBFS, 20 * float(np.log10(max(amplitude, 1e-9))))
