"""The same picture again and again."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import Observation, PictureSeen
from proctor_desktop.core.rules.rule import PICTURE_RATE, CameraRule, Reading


@dataclass(frozen=True)
class FrozenCamera(CameraRule):
    """Not even the noise changes: a driver that hangs, or a still in the camera's place."""

    name = "frozen_camera"
    says = "The camera picture does not change any more."
    rate_per_s = PICTURE_RATE

    settings: rule_settings.FrozenCamera

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
