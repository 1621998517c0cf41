"""Nobody in front of the camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen, Observation, Source
from proctor_desktop.core.rules.rule import VISION_RATE, Reading


@dataclass(frozen=True)
class FaceMissing:
    """No face for longer than the candidate needs to pick up a pen."""

    name: ClassVar[str] = "face_missing"
    source: ClassVar[Source] = Source.CAMERA
    rate_per_s: ClassVar[float | None] = VISION_RATE
    keeps_still: ClassVar[bool] = True
    needs_calibration: ClassVar[bool] = False
    says: ClassVar[str] = "We can't see your face."

    settings: policy.FaceMissing
    after_readings: int = 1

    def read(self, observation: Observation) -> Reading | None:
        """Suspicious when the analysed picture holds no face."""
        if not isinstance(observation, FacesSeen):
            return None
        return Reading(
            suspicious=not observation.faces,
            reason="No face in the camera picture",
            frame=observation.frame,
        )
