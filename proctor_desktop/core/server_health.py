"""What a server's health (0 fine, 10 send nothing) means for those who send to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from proctor_desktop.core.moment import NS_PER_S

WORST = 10
_FIRST_PAUSE_S = 0.1
RETURN_WITHIN_S = 180.0
"""After a standstill each client comes back at a moment of its own within this time."""


def pause_s(health: int) -> float:
    """Seconds between one item and the next: none at 0, then twice as long with each step."""
    return 0.0 if health <= 0 else _FIRST_PAUSE_S * 2.0 ** (min(health, WORST) - 1)


@dataclass(slots=True)
class ServerHealth:
    """The health that the last heartbeat told, and from when on something may be sent again.

    At 10 nothing but heartbeats may be. When it gets better, a whole class hears of it within
    seconds; ``draw`` (in [0, 1)) spreads their return, so that it does not make the server ill
    again. Times are monotonic, so that no change of the clock can hold the evidence back.
    """

    health: int = 0
    _not_before_ns: int = 0

    def told(self, health: int, now_ns: int, draw: Callable[[], float]) -> None:
        """Take what a heartbeat's answer says."""
        if self.health >= WORST > health:
            self._not_before_ns = now_ns + round(draw() * RETURN_WITHIN_S * NS_PER_S)
        self.health = max(0, min(WORST, health))

    def sent(self, now_ns: int) -> None:
        """An item is through: the next one waits as long as the health asks for."""
        self._not_before_ns = max(
            self._not_before_ns, now_ns + round(pause_s(self.health) * NS_PER_S)
        )

    @property
    def standstill(self) -> bool:
        """Whether nothing but heartbeats may be sent, for as long as the server says so."""
        return self.health >= WORST

    def wait_s(self, now_ns: int) -> float:
        """Seconds until something may be sent, apart from a standstill; 0 for at once."""
        return max(0.0, (self._not_before_ns - now_ns) / NS_PER_S)
