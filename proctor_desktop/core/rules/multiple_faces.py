"""More than one person in front of the camera."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FacesSeen, Observation
from proctor_desktop.core.rules.rule import VISION_RATE, CameraRule, Reading
from proctor_desktop.core.rules.stillness import living

_ONE = 1.0


@dataclass(frozen=True)
class MultipleFaces(CameraRule):
    """Two faces or more in several analysed pictures in a row.

    A face that has not moved for long is a poster: ``pictured_face`` tells of it.
    """

    name = "multiple_faces"
    says = "We see more than one face."
    rate_per_s = VISION_RATE

    settings: rule_settings.MultipleFaces

    @property
    def after_readings(self) -> int:
        """As many analyses in a row as the policy asks for."""
        return self.settings.analyses

    def read(self, observation: Observation) -> Reading | None:
        """Suspicious from the second face on; as sure as the least sure of the faces."""
        if not isinstance(observation, FacesSeen):
            return None
        alive = living(observation.faces, self.settings.still_after_s)
        count = len(alive)
        return Reading(
            suspicious=count > 1,
            reason=f"{count} faces in the camera picture",
            confidence=min((face.score for face in alive), default=1.0),
            measured=float(count),
            threshold=_ONE,
            unit="faces",
            frame=observation.frame,
        )
