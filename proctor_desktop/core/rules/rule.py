"""What a rule is: a name, its settings, and a reading of one observation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.observation import Observation, Source
from proctor_desktop.core.rule_settings import RuleSettings
from proctor_desktop.core.sound import REPORT_S

VISION_RATE = FRAMES_PER_S
PICTURE_RATE = 2.0
OBJECTS_RATE = 1.0
LIVENESS_RATE = 0.5
IDENTITY_RATE = 1 / 30
SOUND_RATE = 1 / REPORT_S
"""All of them are readings a second."""


class Needs(StrEnum):
    """What a rule needs of the calibration, and whose error its violations therefore carry."""

    NOTHING = "nothing"
    POSE = "pose"
    GAZE = "gaze"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one observation means to one rule.

    ``measured`` and ``threshold`` are None for rules that measure how long something lasts: the
    duration and the rule's own time stand in for them. ``lower_is_worse`` says that ``threshold``
    is a least and not a most.

    ``holds`` (hysteresis) lets what is going on continue without being able to start it.
    ``since_s`` is for how long the matter had lasted already when it was observed; ``at_once`` says
    that it needs no time to prove itself, such as a device that is gone.
    """

    suspicious: bool
    reason: str
    confidence: float = 1.0
    measured: float | None = None
    threshold: float | None = None
    unit: str = "s"
    frame: int | None = None
    lower_is_worse: bool = False
    holds: bool = False
    since_s: float = 0.0
    at_once: bool = False

    @property
    def excess(self) -> float:
        """How far the measure is beyond its threshold; 0 where there is no measure."""
        if self.measured is None:
            return 0.0
        over = self.measured - (self.threshold or 0.0)
        return -over if self.lower_is_worse else over


class Rule(ABC):
    """One rule with its settings. It may remember what it read; it knows no time but that.

    ``says`` is what the candidate is told. ``rate_per_s`` is how often readings are due; None means
    that a reading holds until the next one (a window stays active until another becomes it).
    ``ability`` names the capability without which the rule cannot be evaluated: that of its
    ``source``, or of a model that reads it. ``keeps_still`` says whether the camera's picture is
    evidence. ``bridges_s`` is how long the matter may seem to be over before it has lasted long
    enough (a blink in a look to the side).
    """

    name: ClassVar[str]
    says: ClassVar[str]
    rate_per_s: ClassVar[float | None]
    source: ClassVar[Source]
    ability: ClassVar[str]
    keeps_still: ClassVar[bool] = True
    bridges_s: ClassVar[float] = 0.0
    needs: ClassVar[Needs] = Needs.NOTHING

    settings: RuleSettings
    """How strict the exam wants the rule."""

    @property
    def after_readings(self) -> int:
        """How many suspicious readings in a row it takes at least."""
        return 1

    @abstractmethod
    def read(self, observation: Observation) -> Reading | None:
        """The reading of ``observation``, or None if it says nothing to this rule."""


class CameraRule(Rule):
    """Rests on what the camera sees."""

    source = Source.CAMERA
    ability = "camera"


class MicrophoneRule(Rule):
    """Rests on what the microphone hears, of which a picture shows nothing."""

    source = Source.MICROPHONE
    ability = "microphone"
    keeps_still = False


class FocusRule(Rule):
    """Rests on which window is active, which is told as it changes and holds until then."""

    source = Source.FOCUS
    ability = "focus"
    rate_per_s = None
