"""Nothing to be heard for a long time."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import Observation, SoundLevel
from proctor_desktop.core.rules.rule import SOUND_RATE, MicrophoneRule, Reading

_SURE_AT_DB = 6.0


@dataclass(frozen=True)
class ProlongedSilence(MicrophoneRule):
    """The microphone stays below the room's own activity threshold."""

    name = "prolonged_silence"
    says = "We haven't heard anything for a while."
    rate_per_s = SOUND_RATE

    settings: rule_settings.ProlongedSilence

    def read(self, observation: Observation) -> Reading | None:
        """As sure as the level is below the threshold: fully from 6 dB on."""
        if not isinstance(observation, SoundLevel):
            return None
        below_db = observation.threshold_dbfs - observation.level_dbfs
        return Reading(
            suspicious=not observation.active,
            reason="No sound activity at the microphone",
            confidence=min(1.0, max(0.5, below_db / _SURE_AT_DB)),
        )
