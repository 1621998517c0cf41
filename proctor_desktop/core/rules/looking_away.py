"""The gaze away from the screen."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import Gaze, Observation
from proctor_desktop.core.rules.rule import VISION_RATE, CameraRule, Needs, Reading

# A gaze is the median of three pictures: it is outside when two of them are.
_KNOWN_LATE_S = 1 / VISION_RATE
_HYSTERESIS_DEG = 2.0
_HYSTERESIS_SHARE = 0.4
_WHERE = {"left": "to the left", "right": "to the right", "top": "up", "bottom": "down"}


@dataclass(frozen=True)
class LookingAway(CameraRule):
    """Head and eyes together look beyond the edge of the screen.

    A blink in between is bridged: while the lids are down, nobody knows where the eyes are.
    """

    name = "looking_away"
    says = "You seem to look away from the screen."
    rate_per_s = VISION_RATE
    bridges_s = 0.5
    needs = Needs.GAZE

    settings: rule_settings.LookingAway

    def read(self, observation: Observation) -> Reading | None:
        """How far the gaze is beyond the screen's nearest edge."""
        if not isinstance(observation, Gaze):
            return None
        outside, limit = observation.outside_deg, self.settings.margin_deg
        return Reading(
            suspicious=outside > limit,
            reason=f"Gaze {outside:.0f}° beyond the edge of the screen, "
            f"{_WHERE.get(observation.edge, 'aside')} (limit {limit:.0f}°)",
            confidence=observation.confidence,
            measured=outside,
            threshold=limit,
            unit="deg",
            frame=observation.frame,
            holds=outside > limit - min(_HYSTERESIS_DEG, limit * _HYSTERESIS_SHARE),
            since_s=_KNOWN_LATE_S,
        )
