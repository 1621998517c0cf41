"""How long to wait before trying again: full jitter, without end."""

from __future__ import annotations

from collections.abc import Callable

BASE_S = 1.0
CAP_IN_EXAM_S = 60.0
CAP_AFTER_EXAM_S = 900.0
_MAX_DOUBLINGS = 20


def delay_s(attempt: int, cap_s: float, draw: Callable[[], float]) -> float:
    """Seconds to wait after failed attempt number ``attempt`` (1 = first).

    Full jitter: uniform between zero and ``min(cap, base * 2**attempt)``, so that a room of clients
    that lost the network together does not come back together. ``draw`` gives a number in [0, 1).
    """
    ceiling = min(cap_s, BASE_S * 2.0 ** min(attempt, _MAX_DOUBLINGS))
    return ceiling * draw()
