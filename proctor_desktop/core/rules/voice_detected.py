"""Somebody speaks."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import (
    Health,
    Observation,
    Source,
    SourceHealth,
    SpeechHeard,
)
from proctor_desktop.core.rules.rule import SOUND_RATE, MicrophoneRule, Reading


@dataclass
class VoiceDetected(MicrophoneRule):
    """So much speech within the last seconds that it was no cough and no single word."""

    name = "voice_detected"
    says = "We hear somebody speak."
    rate_per_s = SOUND_RATE
    ability = "speech"

    settings: rule_settings.VoiceDetected
    _heard: deque[SpeechHeard] = field(default_factory=deque, init=False)

    def read(self, observation: Observation) -> Reading | None:
        """Measures the seconds of speech in the window; it began with the first of them."""
        match observation:
            case SourceHealth(Source.MICROPHONE, Health.LOST):
                self._heard.clear()
                return None
            case SpeechHeard():
                self._remember(observation)
            case _:
                return None
        speech_s = round(sum(heard.speech_s for heard in self._heard), 3)
        return Reading(
            suspicious=speech_s >= self.settings.speech_s,
            reason=f"{speech_s:.1f} s of speech within {self.settings.window_s:g} s",
            confidence=self._probability(),
            measured=speech_s,
            threshold=self.settings.speech_s,
            since_s=self._since_s(),
        )

    def _remember(self, heard: SpeechHeard) -> None:
        """Keep the window's spans, and none from before its first speech."""
        self._heard.append(heard)
        while sum(one.span_s for one in self._heard) > self.settings.window_s:
            self._heard.popleft()
        while self._heard and self._heard[0].speech_s <= 0:
            self._heard.popleft()

    def _since_s(self) -> float:
        """Since when: in the span in which somebody begins to speak, that is how it ends."""
        if not self._heard:
            return 0.0
        first = self._heard[0]
        return first.speech_s + sum(one.span_s for one in self._heard) - first.span_s

    def _probability(self) -> float:
        speech_s = sum(heard.speech_s for heard in self._heard)
        if speech_s <= 0:
            return 1.0
        sure = sum(heard.speech_s * heard.probability for heard in self._heard)
        return min(1.0, max(0.0, sure / speech_s))
