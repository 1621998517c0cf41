"""Nothing to be heard for a long time."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import (
    Health,
    Observation,
    SoundLevel,
    Source,
    SourceHealth,
    SpeechHeard,
)
from proctor_desktop.core.rules.rule import SOUND_RATE, MicrophoneRule, Reading

_SURE_AT_DB = 6.0
_BLOCK_ROUNDING_S = 0.05


@dataclass
class ProlongedSilence(MicrophoneRule):
    """The microphone stays below the room's own activity threshold.

    It began when the sound before it ended, which was a little before that was known. Without a
    sound before it, as when the exam has only begun, it begins now. A voice is no silence, however
    faint it is.
    """

    name = "prolonged_silence"
    says = "We haven't heard anything for a while."
    rate_per_s = SOUND_RATE

    settings: rule_settings.ProlongedSilence
    _was_active: bool = field(default=False, init=False)
    _quiet_s: float = field(default=0.0, init=False)
    _voice: bool = field(default=False, init=False)

    def read(self, observation: Observation) -> Reading | None:
        """As sure as the level is below the threshold: fully from 6 dB on."""
        match observation:
            case SourceHealth(Source.MICROPHONE, Health.LOST):
                self._was_active = self._voice = False
                self._quiet_s = 0.0
                return None
            case SpeechHeard():
                self._voice = self._voice or observation.speech_s > 0
                return None
            case SoundLevel():
                return self._read(observation)
            case _:
                return None

    def _read(self, level: SoundLevel) -> Reading:
        active = level.active or self._interrupted(level)
        was_active, self._was_active = self._was_active, active
        voice, self._voice = self._voice, False
        below_db = level.threshold_dbfs - level.level_dbfs
        return Reading(
            suspicious=not active and not voice,
            reason="No sound activity at the microphone",
            confidence=min(1.0, max(0.5, below_db / _SURE_AT_DB)),
            since_s=level.quiet_s if was_active else 0.0,
        )

    def _interrupted(self, level: SoundLevel) -> bool:
        """Whether a sound began and ended since the level before, so that neither is active."""
        unbroken_s, self._quiet_s = self._quiet_s + level.span_s, level.quiet_s
        return 0 < level.quiet_s < unbroken_s - _BLOCK_ROUNDING_S
