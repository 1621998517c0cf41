"""A face that can hardly be made out."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FacesSeen, Observation
from proctor_desktop.core.rules.rule import VISION_RATE, CameraRule, Reading
from proctor_desktop.core.rules.stillness import STILL_AFTER_S, living


@dataclass(frozen=True)
class LowConfidence(CameraRule):
    """The face is found, but badly: what the other rules say about it then weighs less."""

    name = "low_confidence"
    says = "We can hardly make out your face."
    rate_per_s = VISION_RATE

    settings: rule_settings.LowConfidence
    still_after_s: float = STILL_AFTER_S

    def read(self, observation: Observation) -> Reading | None:
        """Judges the largest face that is alive; no face is another rule's matter."""
        if not isinstance(observation, FacesSeen):
            return None
        alive = living(observation.faces, self.still_after_s)
        score = alive[0].score if alive else 1.0
        limit = self.settings.score
        return Reading(
            suspicious=score < limit,
            reason=f"The face can hardly be made out: score {score:.0%} (at least {limit:.0%})",
            measured=score,
            threshold=limit,
            unit="fraction",
            frame=observation.frame,
            lower_is_worse=True,
        )
