"""What a rule is: a name, its settings, and a pure reading of one observation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.observation import Observation, Source
from proctor_desktop.core.policy import RuleSettings

VISION_RATE = FRAMES_PER_S
SOUND_RATE = 2.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What one observation means to one rule.

    ``measured`` and ``threshold`` are None for rules that measure how long something lasts: the
    duration and the rule's own time stand in for them.
    """

    suspicious: bool
    reason: str
    confidence: float = 1.0
    measured: float | None = None
    threshold: float | None = None
    unit: str = "s"
    frame: int | None = None


class Rule(Protocol):
    """One rule with its settings.

    ``rate_per_s`` is how often readings are due; None means that a reading holds until the next one
    (a window stays active until another becomes it). ``says`` is what the candidate is told.
    """

    name: ClassVar[str]
    source: ClassVar[Source]
    rate_per_s: ClassVar[float | None]
    keeps_still: ClassVar[bool]
    needs_calibration: ClassVar[bool]
    says: ClassVar[str]

    @property
    def settings(self) -> RuleSettings:
        """How strict the exam wants the rule."""
        ...

    @property
    def after_readings(self) -> int:
        """How many suspicious readings in a row it takes at least."""
        ...

    def read(self, observation: Observation) -> Reading | None:
        """The reading of ``observation``, or None if it says nothing to this rule."""
        ...
