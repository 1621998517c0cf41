"""A microphone that is turned up too far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import Observation, SoundSignal, Source
from proctor_desktop.core.rules.rule import SOUND_RATE, Needs, Reading


@dataclass(frozen=True)
class Clipping:
    """So much of the sound at full scale that nothing said then can be made out."""

    name: ClassVar[str] = "clipping"
    source: ClassVar[Source] = Source.MICROPHONE
    rate_per_s: ClassVar[float | None] = SOUND_RATE
    bridges_s: ClassVar[float] = 0.0
    ability: ClassVar[str] = "microphone"
    keeps_still: ClassVar[bool] = False
    needs: ClassVar[Needs] = Needs.NOTHING
    says: ClassVar[str] = "Your microphone is turned up too far."

    settings: rule_settings.Clipping
    after_readings: int = 1

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
