"""Going on from one other application to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FocusChanged, Observation, Source
from proctor_desktop.core.rules.rule import Needs, Reading


@dataclass
class AppSwitched:
    """While the focus is away from the exam, a second application takes it.

    The first one is ``focus_lost``'s matter, so that leaving the exam once costs its penalty once.
    """

    name: ClassVar[str] = "app_switched"
    source: ClassVar[Source] = Source.FOCUS
    rate_per_s: ClassVar[float | None] = None
    bridges_s: ClassVar[float] = 0.0
    ability: ClassVar[str] = "focus"
    keeps_still: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.NOTHING
    says: ClassVar[str] = "Another application came to the front."

    settings: rule_settings.AppSwitched
    after_readings: int = 1
    _first: str = field(default="", init=False)

    def read(self, observation: Observation) -> Reading | None:
        """Suspicious while an application other than the first one has the focus."""
        if not isinstance(observation, FocusChanged):
            return None
        if observation.inside:
            self._first = ""
        elif not self._first:
            self._first = observation.application
        switched = not observation.inside and observation.application not in ("", self._first)
        return Reading(
            suspicious=switched,
            reason=f"Switched from {self._first} to {observation.application}",
        )
