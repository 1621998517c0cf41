"""A hand, a sticker or a cap over the lens."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import Observation, PictureSeen
from proctor_desktop.core.rules.rule import PICTURE_RATE, CameraRule, Reading


@dataclass(frozen=True)
class CameraCovered(CameraRule):
    """A flat picture. A dark room is not one: it still has edges in it."""

    name = "camera_covered"
    says = "We can hardly make anything out in the camera picture."
    rate_per_s = PICTURE_RATE

    settings: rule_settings.CameraCovered

    def read(self, observation: Observation) -> Reading | None:
        """As sure as the picture is flat: half at the limit, fully where there is no detail."""
        if not isinstance(observation, PictureSeen):
            return None
        detail, limit = observation.detail, self.settings.detail
        return Reading(
            suspicious=detail <= limit,
            reason=(
                f"Only {detail:.1%} of the camera picture can be made out (at least {limit:.1%})"
            ),
            confidence=min(1.0, max(0.5, 1.0 - detail / limit / 2)),
            measured=detail,
            threshold=limit,
            unit="fraction",
            frame=observation.frame,
            lower_is_worse=True,
        )
