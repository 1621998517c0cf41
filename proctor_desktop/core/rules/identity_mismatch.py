"""Somebody else in front of the camera."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FaceCompared, Observation
from proctor_desktop.core.rules.last_checks import LastChecks, of_last
from proctor_desktop.core.rules.rule import IDENTITY_RATE, CameraRule, Reading

_SURE_BELOW = 0.3

NOT_COMPARED: Final = "faces are not compared"
"""So begins what is told when the camera works and the rule cannot be evaluated all the same."""


@dataclass
class IdentityMismatch(CameraRule):
    """The face is unlike the reference photo in several of the last comparisons."""

    name = "identity_mismatch"
    says = "Your face looks unlike your reference photo."
    rate_per_s = IDENTITY_RATE
    ability = "identity"

    settings: rule_settings.IdentityMismatch
    _unlike: LastChecks = field(init=False)

    def __post_init__(self) -> None:
        self._unlike = LastChecks(self.settings)

    def read(self, observation: Observation) -> Reading | None:
        """Measures the mean likeness of the comparisons that count."""
        if not isinstance(observation, FaceCompared):
            return None
        limit, likeness = self.settings.similarity, observation.similarity
        unlike = self._unlike.add(likeness if likeness < limit else None)
        mean = sum(unlike) / len(unlike) if unlike else likeness
        return Reading(
            suspicious=len(unlike) >= self.settings.needed,
            reason=f"Unlike the reference photo in {of_last(len(unlike), self.settings)} "
            f"comparisons: likeness {mean:.2f} (at least {limit:.2f})",
            confidence=min(1.0, max(0.5, 0.5 + (limit - mean) / _SURE_BELOW / 2)),
            measured=mean,
            threshold=limit,
            unit="likeness",
            frame=observation.frame,
            lower_is_worse=True,
        )
