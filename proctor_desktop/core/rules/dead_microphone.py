"""A microphone that is gone, muted, or digitally silent."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import (
    Health,
    Observation,
    SoundSignal,
    Source,
    SourceHealth,
)
from proctor_desktop.core.rules.rule import MicrophoneRule, Reading


@dataclass
class DeadMicrophone(MicrophoneRule):
    """Nothing comes from a microphone that worked before, not even noise.

    One that never worked in this session was switched off from the start: that is an ability which
    is missing, not something that happened.
    """

    name = "dead_microphone"
    says = "Nothing comes from your microphone, not even noise."
    rate_per_s = None

    settings: rule_settings.DeadMicrophone
    _worked: bool = field(default=False, init=False)
    _lost: bool = field(default=False, init=False)

    def read(self, observation: Observation) -> Reading | None:
        """Reads the loss of its own source, too, and is not ended by it."""
        match observation:
            case SourceHealth(Source.MICROPHONE, state, reason):
                return self._state(state, reason)
            case SoundSignal() if not self._lost:  # what comes after the loss is from before it
                self._worked = True
                return Reading(
                    suspicious=observation.digital_silence,
                    reason="The microphone delivers digital silence: muted, or switched off",
                    since_s=observation.span_s,
                )
            case _:
                return None

    def _state(self, state: Health, reason: str) -> Reading | None:
        was_lost, self._lost = self._lost, state is Health.LOST
        if state is Health.LOST:
            why = f": {reason}" if reason else ""
            return Reading(self._worked, f"The microphone is gone{why}", at_once=True)
        self._worked = True
        return Reading(False, "The microphone works again") if was_lost else None
