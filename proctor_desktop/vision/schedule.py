"""Which of the occasional checks is due in this tick, and which ones rest because of the load.

A tick analyses one picture. Landmarks and faces are looked at in every tick; of the occasional
checks at most one runs in a tick, so that two costly ones never fall together.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

from proctor_desktop.core.frame import HALF_TICK_NS
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.rules.rule import IDENTITY_RATE, LIVENESS_RATE, OBJECTS_RATE


class Check(StrEnum):
    """The occasional checks, by the words the candidate and the evidence know them by."""

    OBJECTS = "objects"
    IDENTITY = "identity"
    LIVENESS = "liveness"


EVERY_S = {
    Check.OBJECTS: 1 / OBJECTS_RATE,
    Check.LIVENESS: 1 / LIVENESS_RATE,
    Check.IDENTITY: 1 / IDENTITY_RATE,
}
"""The seconds between two checks of a kind: as often as the rules count on them."""

SHED_ORDER = (Check.OBJECTS, Check.LIVENESS, Check.IDENTITY)
"""What rests first when the computer cannot keep up: the costliest."""


class Schedule:
    """Says what is due; a check stays due until it was :meth:`done`."""

    def __init__(self, checks: frozenset[Check]) -> None:
        self._due_ns = dict.fromkeys(sorted(checks), 0)

    def due(self, now: Moment, resting: frozenset[Check]) -> Check | None:
        """The one check for this tick: the one that has waited longest; None when none is due."""
        waiting = [
            (due_ns, check)
            for check, due_ns in self._due_ns.items()
            if check not in resting and due_ns <= now.mono_ns + HALF_TICK_NS
        ]
        return min(waiting)[1] if waiting else None

    def done(self, check: Check, now: Moment, again_in_s: float | None = None) -> None:
        """The check was made; the next one of its kind is due after its usual time, or sooner."""
        wait_s = EVERY_S[check] if again_in_s is None else again_in_s
        self._due_ns[check] = now.later(wait_s).mono_ns

    def hurry(self, check: Check) -> None:
        """Make this check due at once."""
        if check in self._due_ns:
            self._due_ns[check] = 0


WINDOW_FRAMES = 40
MISSED_LIMIT = 8
CALM_S = 30.0


class Load:
    """Sheds checks while pictures are missed, and takes them back once all is calm.

    The camera numbers every picture it captures, so a hole in the numbers is a picture that nobody
    had time for. More than MISSED_LIMIT of them while WINDOW_FRAMES were analysed (about five
    seconds) and the next check rests; CALM_S without any and the last one comes back.
    """

    def __init__(self, checks: frozenset[Check]) -> None:
        self._order = [check for check in SHED_ORDER if check in checks]
        self._shed = 0
        self._missed: deque[int] = deque(maxlen=WINDOW_FRAMES)
        self._last_number: int | None = None
        self._calm_since: Moment | None = None

    @property
    def resting(self) -> frozenset[Check]:
        """The checks that are not made at present."""
        return frozenset(self._order[: self._shed])

    def analysed(self, number: int, now: Moment) -> bool:
        """Take the number of the picture that was just analysed; True if ``resting`` changed."""
        missed = 0 if self._last_number is None else max(0, number - self._last_number - 1)
        self._last_number = number
        self._missed.append(missed)
        if missed or self._calm_since is None:
            self._calm_since = now
        if sum(self._missed) > MISSED_LIMIT and self._shed < len(self._order):
            return self._turn(+1, now)
        if self._shed and now.since_s(self._calm_since) >= CALM_S:
            return self._turn(-1, now)
        return False

    def _turn(self, step: int, now: Moment) -> bool:
        self._shed += step
        self._missed.clear()
        self._calm_since = now
        return True
