"""The face at the edge of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen, Observation, Source
from proctor_desktop.core.rules.rule import VISION_RATE, Reading


@dataclass(frozen=True)
class OutsideZone:
    """The centre of the one face in view outside the middle of the picture."""

    name: ClassVar[str] = "outside_zone"
    source: ClassVar[Source] = Source.CAMERA
    rate_per_s: ClassVar[float | None] = VISION_RATE
    keeps_still: ClassVar[bool] = True
    needs_calibration: ClassVar[bool] = False
    says: ClassVar[str] = "Please move back to the middle of the camera picture."

    settings: policy.OutsideZone
    after_readings: int = 1

    def read(self, observation: Observation) -> Reading | None:
        """How wide a central zone would have to be to hold the face's centre.

        Of two faces nobody knows which is the candidate's, so they say nothing here.
        """
        if not isinstance(observation, FacesSeen) or len(observation.faces) > 1:
            return None
        if not observation.faces:
            return Reading(suspicious=False, reason="No face to place", frame=observation.frame)
        face = observation.faces[0]
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
