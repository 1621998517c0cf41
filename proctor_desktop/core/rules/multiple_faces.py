"""More than one person in front of the camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FacesSeen, Observation, Source
from proctor_desktop.core.rules.rule import VISION_RATE, Needs, Reading
from proctor_desktop.core.rules.stillness import living

_ONE = 1.0


@dataclass(frozen=True)
class MultipleFaces:
    """Two faces or more in several analysed pictures in a row.

    A face that has not moved for long is a poster: ``pictured_face`` tells of it.
    """

    name: ClassVar[str] = "multiple_faces"
    source: ClassVar[Source] = Source.CAMERA
    rate_per_s: ClassVar[float | None] = VISION_RATE
    bridges_s: ClassVar[float] = 0.0
    ability: ClassVar[str] = "camera"
    keeps_still: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.NOTHING
    says: ClassVar[str] = "We see more than one face."

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
