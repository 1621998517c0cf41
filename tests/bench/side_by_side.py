"""Contenders by turns: whatever else the machine does, and however warm it is, befalls them alike.

Measured one after the other, a second or more each, one contender was 0.31 to 0.51 of the other, by
what else ran meanwhile. So they take turns every few frames, and are compared within each turn
only. What remains is that a busy neighbour costs both about 1.7 ms a frame (threads that wait for
one another, caches that were emptied), which shows most in the lighter one: 0.46 on a quiet machine
becomes more on a crowded one. So it is told how much of the core others took.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, cycle, permutations
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tests.bench.figures import percentiles

ROUND_FRAMES = 10

Image: TypeAlias = NDArray[np.uint8]
Work: TypeAlias = Callable[[Image], object]
Times: TypeAlias = list[float]
"""Milliseconds of each frame."""


def times_ms(frames: Sequence[Image], work: Work) -> Times:
    """What one contender takes for each frame."""
    times = []
    for image in frames:
        began = time.perf_counter()
        work(image)
        times.append((time.perf_counter() - began) * 1000)
    return times


def by_turns(works: Mapping[str, Work], frames: Sequence[Image]) -> dict[str, list[Times]]:
    """The times of each contender, round by round.

    In a round all of them work on the same few frames, one contender after the other, and in each
    round in another order. Each sees all frames in their own order.
    """
    rounds: dict[str, list[Times]] = {name: [] for name in works}
    orders = cycle(permutations(works))
    for start in range(0, len(frames), ROUND_FRAMES):
        for name in next(orders):
            rounds[name].append(times_ms(frames[start : start + ROUND_FRAMES], works[name]))
    return rounds


def beside(ours: Sequence[Times], theirs: Sequence[Times]) -> dict[str, Any]:
    """Their figures, and ours as a share of theirs: the median of what it was in each round.

    ``half_of_rounds`` tells between which shares the middle half of the rounds lay.
    """
    shares = [np.median(a) / np.median(b) for a, b in zip(ours, theirs, strict=True)]
    low, share, high = (round(float(at), 3) for at in np.percentile(shares, [25, 50, 75]))
    return {
        **percentiles(list(chain(*theirs))),
        "ours_is": share,
        "half_of_rounds": [low, high],
        "rounds": len(shares),
    }
