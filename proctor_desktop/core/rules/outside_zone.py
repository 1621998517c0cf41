"""The face at the edge of the picture."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FacesSeen, Observation
from proctor_desktop.core.rules.rule import VISION_RATE, CameraRule, Reading
from proctor_desktop.core.rules.stillness import STILL_AFTER_S, living


@dataclass(frozen=True)
class OutsideZone(CameraRule):
    """The centre of the one living face in view outside the middle of the picture."""

    name = "outside_zone"
    says = "Please move back to the middle of the camera picture."
    rate_per_s = VISION_RATE

    settings: rule_settings.OutsideZone
    still_after_s: float = STILL_AFTER_S

    def read(self, observation: Observation) -> Reading | None:
        """How wide a central zone would have to be to hold the face's centre.

        Of two faces nobody knows which is the candidate's, so they say nothing here.
        """
        if not isinstance(observation, FacesSeen):
            return None
        alive = living(observation.faces, self.still_after_s)
        if len(alive) > 1:
            return None
        if not alive:
            return Reading(suspicious=False, reason="No face to place", frame=observation.frame)
        face = alive[0]
        needed = max(abs(c - 0.5) * 2 for c in face.centre)
        return Reading(
            suspicious=needed > self.settings.zone,
            reason=f"Face outside the central {self.settings.zone:.0%} of the picture",
            confidence=face.score,
            measured=needed,
            threshold=self.settings.zone,
            unit="fraction",
            frame=observation.frame,
        )
