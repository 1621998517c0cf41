"""What this machine lets the program do, each with its reason: never a quiet False."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How far an ability goes here."""

    ENFORCED = "enforced"
    DETECTED = "detected"
    NOT_POSSIBLE = "not possible"


@dataclass(frozen=True, slots=True)
class Capability:
    """One ability of the program on this machine.

    ``reason`` says why it is at this level in words for a candidate; ``fix`` says what would raise
    it, or is empty when nothing would.
    """

    name: str
    level: Level
    reason: str
    fix: str = ""
