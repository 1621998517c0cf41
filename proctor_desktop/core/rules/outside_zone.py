"""The face at the edge of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FacesSeen, Observation, Source
from proctor_desktop.core.rules.rule import VISION_RATE, Needs, Reading
from proctor_desktop.core.rules.stillness import STILL_AFTER_S, living


@dataclass(frozen=True)
class OutsideZone:
    """The centre of the one living face in view outside the middle of the picture."""

    name: ClassVar[str] = "outside_zone"
    source: ClassVar[Source] = Source.CAMERA
    rate_per_s: ClassVar[float | None] = VISION_RATE
    bridges_s: ClassVar[float] = 0.0
    ability: ClassVar[str] = "camera"
    keeps_still: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.NOTHING
    says: ClassVar[str] = "Please move back to the middle of the camera picture."

    settings: rule_settings.OutsideZone
    after_readings: int = 1
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
