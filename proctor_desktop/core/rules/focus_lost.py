"""The exam's window is not the active one."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FocusChanged, Observation
from proctor_desktop.core.rules.rule import FocusRule, Reading


@dataclass(frozen=True)
class FocusLost(FocusRule):
    """Names the application that has the focus instead; never what is in it."""

    name = "focus_lost"
    says = "The exam window is no longer in front."

    settings: rule_settings.FocusLost

    def read(self, observation: Observation) -> Reading | None:
        """Suspicious from the change on, until the exam's window is active again."""
        if not isinstance(observation, FocusChanged):
            return None
        other = observation.application
        reason = f"Another window is active: {other}" if other else "The exam window is not active"
        return Reading(suspicious=not observation.inside, reason=reason)
