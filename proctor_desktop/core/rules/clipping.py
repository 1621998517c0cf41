"""A microphone that is turned up too far."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import Observation, SoundSignal
from proctor_desktop.core.rules.rule import SOUND_RATE, MicrophoneRule, Reading


@dataclass(frozen=True)
class Clipping(MicrophoneRule):
    """So much of the sound at full scale that nothing said then can be made out."""

    name = "clipping"
    says = "Your microphone is turned up too far."
    rate_per_s = SOUND_RATE

    settings: rule_settings.Clipping

    def read(self, observation: Observation) -> Reading | None:
        """The share of samples at full scale."""
        if not isinstance(observation, SoundSignal):
            return None
        clipped, limit = observation.clipped, self.settings.share
        return Reading(
            suspicious=clipped > limit,
            reason=f"{clipped:.0%} of the sound at full scale (limit {limit:.0%})",
            measured=clipped,
            threshold=limit,
            unit="fraction",
            since_s=observation.span_s,
        )
