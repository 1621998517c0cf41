"""A print or a screen in the place of a face."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import LivenessChecked, Observation
from proctor_desktop.core.rules.last_checks import LastChecks, of_last
from proctor_desktop.core.rules.rule import LIVENESS_RATE, CameraRule, Reading


@dataclass
class SpoofSuspected(CameraRule):
    """The face looks like a picture of a face in several of the last checks."""

    name = "spoof_suspected"
    says = "Your face looks like a picture to us. More even light may help."
    rate_per_s = LIVENESS_RATE
    ability = "liveness"

    settings: rule_settings.SpoofSuspected
    _flat: LastChecks = field(init=False)

    def __post_init__(self) -> None:
        self._flat = LastChecks(self.settings)

    def read(self, observation: Observation) -> Reading | None:
        """As sure as the checks that count are, on average, that the face is not alive."""
        if not isinstance(observation, LivenessChecked):
            return None
        limit, live = self.settings.live, observation.live
        flat = self._flat.add(live if live < limit else None)
        mean = sum(flat) / len(flat) if flat else live
        return Reading(
            suspicious=len(flat) >= self.settings.needed,
            reason=f"The face looked like a print or a screen in "
            f"{of_last(len(flat), self.settings)} checks: {mean:.0%} alive (at least {limit:.0%})",
            confidence=min(1.0, max(0.0, 1.0 - mean)),
            measured=mean,
            threshold=limit,
            unit="fraction",
            frame=observation.frame,
            lower_is_worse=True,
        )
