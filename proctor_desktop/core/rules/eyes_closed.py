"""Eyes that stay closed."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import EyesSeen, Observation
from proctor_desktop.core.rules.rule import VISION_RATE, CameraRule, Needs, Reading


@dataclass(frozen=True)
class EyesClosed(CameraRule):
    """Both eyes closed for far longer than any blink.

    Openness is a share of this person's own open eyes, since eyes differ. Lids that are low because
    the candidate looks down are open.
    """

    name = "eyes_closed"
    says = "Your eyes seem to be closed."
    rate_per_s = VISION_RATE
    bridges_s = 0.2
    needs = Needs.POSE

    settings: rule_settings.EyesClosed

    def read(self, observation: Observation) -> Reading | None:
        """Judges the eye that is open further, so that one closed eye is not two."""
        if not isinstance(observation, EyesSeen):
            return None
        openness, limit = max(observation.left, observation.right), self.settings.openness
        return Reading(
            suspicious=openness < limit and not observation.looking_down,
            reason=f"Both eyes closed: {max(0.0, openness):.0%} open (at least {limit:.0%})",
            measured=openness,
            threshold=limit,
            unit="fraction",
            frame=observation.frame,
            lower_is_worse=True,
        )
