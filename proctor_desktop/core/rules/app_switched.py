"""Going on from one other application to the next."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FocusChanged, Observation
from proctor_desktop.core.rules.rule import FocusRule, Reading


@dataclass
class AppSwitched(FocusRule):
    """While the focus is away from the exam, a second application takes it.

    The first one is ``focus_lost``'s matter, so that leaving the exam once costs its penalty once.
    """

    name = "app_switched"
    says = "Another application came to the front."

    settings: rule_settings.AppSwitched
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
