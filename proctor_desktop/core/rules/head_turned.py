"""The head turned away from the pose that was calibrated."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import HeadPose, Observation
from proctor_desktop.core.rules.rule import VISION_RATE, CameraRule, Needs, Reading

_HYSTERESIS_DEG = 2.5
_HYSTERESIS_SHARE = 0.1


@dataclass(frozen=True)
class HeadTurned(CameraRule):
    """Beyond one of four limits: left, right, up, down, each on its own.

    The four are separate because neither webcams nor people are symmetric: a camera above the
    screen sees "down" early, and reading from paper is not turning round. A head near a limit goes
    on being turned until it is a little inside it again.
    """

    name = "head_turned"
    says = "Your head is turned away from the screen."
    rate_per_s = VISION_RATE
    needs = Needs.POSE

    settings: rule_settings.HeadTurned

    def read(self, observation: Observation) -> Reading | None:
        """The direction that is furthest over its limit, or nearest to it."""
        if not isinstance(observation, HeadPose):
            return None
        angle, limit, direction = max(self._directions(observation), key=lambda d: d[0] / d[1])
        return Reading(
            suspicious=angle > limit,
            reason=f"Head turned {angle:.0f}° {direction} (limit {limit:.0f}°)",
            confidence=observation.confidence,
            measured=angle,
            threshold=limit,
            unit="deg",
            frame=observation.frame,
            holds=angle > limit - min(_HYSTERESIS_DEG, limit * _HYSTERESIS_SHARE),
        )

    def _directions(self, pose: HeadPose) -> tuple[tuple[float, float, str], ...]:
        limits = self.settings
        return (
            (pose.yaw_deg, limits.left_deg, "to the left"),
            (-pose.yaw_deg, limits.right_deg, "to the right"),
            (pose.pitch_deg, limits.up_deg, "up"),
            (-pose.pitch_deg, limits.down_deg, "down"),
        )
