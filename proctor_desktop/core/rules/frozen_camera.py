"""The same picture again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import Observation, PictureSeen, Source
from proctor_desktop.core.rules.rule import PICTURE_RATE, Needs, Reading


@dataclass(frozen=True)
class FrozenCamera:
    """Not even the noise changes: a driver that hangs, or a still in the camera's place."""

    name: ClassVar[str] = "frozen_camera"
    source: ClassVar[Source] = Source.CAMERA
    rate_per_s: ClassVar[float | None] = PICTURE_RATE
    bridges_s: ClassVar[float] = 0.0
    ability: ClassVar[str] = "camera"
    keeps_still: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.NOTHING
    says: ClassVar[str] = "The camera picture does not change any more."

    settings: rule_settings.FrozenCamera
    after_readings: int = 1

    def read(self, observation: Observation) -> Reading | None:
        """Suspicious once the picture has stood still for the rule's time, and since then."""
        if not isinstance(observation, PictureSeen):
            return None
        frozen_s = observation.frozen_s
        return Reading(
            suspicious=frozen_s > 0 and frozen_s >= self.settings.after_s,
            reason="The camera delivers the very same picture again and again",
            frame=observation.frame,
            since_s=frozen_s,
        )
