"""The exam's window is not the active one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FocusChanged, Observation, Source
from proctor_desktop.core.rules.rule import Needs, Reading


@dataclass(frozen=True)
class FocusLost:
    """Names the application that has the focus instead; never what is in it."""

    name: ClassVar[str] = "focus_lost"
    source: ClassVar[Source] = Source.FOCUS
    rate_per_s: ClassVar[float | None] = None
    bridges_s: ClassVar[float] = 0.0
    ability: ClassVar[str] = "focus"
    keeps_still: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.NOTHING
    says: ClassVar[str] = "The exam window is no longer in front."

    settings: rule_settings.FocusLost
    after_readings: int = 1

    def read(self, observation: Observation) -> Reading | None:
        """Suspicious from the change on, until the exam's window is active again."""
        if not isinstance(observation, FocusChanged):
            return None
        where = f": {observation.application}" if observation.application else ""
        return Reading(
            suspicious=not observation.inside,
            reason=f"Another window is active{where}" if where else "The exam window is not active",
        )
