"""What a delivery has left over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remaining:
    """How many records and files are not at the endpoint, or cannot be told to be.

    Another try may bring those that are ``waiting``; none will bring those that are ``stuck``, of
    which the delivery has said why. It is true as long as there is anything of either.
    """

    waiting: int = 0
    stuck: int = 0

    def __bool__(self) -> bool:
        return bool(self.waiting or self.stuck)

    def __add__(self, other: Remaining) -> Remaining:
        return Remaining(self.waiting + other.waiting, self.stuck + other.stuck)
