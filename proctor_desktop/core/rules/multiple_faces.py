"""More than one person in front of the camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen, Observation, Source
from proctor_desktop.core.rules.rule import VISION_RATE, Reading

_ONE = 1.0


@dataclass(frozen=True)
class MultipleFaces:
    """Two faces or more in several analysed pictures in a row."""

    name: ClassVar[str] = "multiple_faces"
    source: ClassVar[Source] = Source.CAMERA
    rate_per_s: ClassVar[float | None] = VISION_RATE
    keeps_still: ClassVar[bool] = True
    needs_calibration: ClassVar[bool] = False
    says: ClassVar[str] = "We see more than one face."

    settings: policy.MultipleFaces

    @property
    def after_readings(self) -> int:
        """As many analyses in a row as the policy asks for."""
        return self.settings.analyses

    def read(self, observation: Observation) -> Reading | None:
        """Suspicious from the second face on; as sure as the least sure of the faces."""
        if not isinstance(observation, FacesSeen):
            return None
        count = len(observation.faces)
        return Reading(
            suspicious=count > 1,
            reason=f"{count} faces in the camera picture",
            confidence=min((face.score for face in observation.faces), default=1.0),
            measured=float(count),
            threshold=_ONE,
            unit="faces",
            frame=observation.frame,
        )
