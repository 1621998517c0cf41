"""What an exam asks of the rules: one frozen class of settings a rule, and two presets.

Durations are in seconds and never in frames, so that a slow machine is judged like a fast one.
``__pydantic_config__`` tells the exam file's parser to refuse unknown keys; the core itself stays
free of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar

STRICT: dict[str, Any] = {"extra": "forbid"}


class Preset(StrEnum):
    """The two kinds of sitting that the defaults know."""

    EXAM = "exam"
    INTERVIEW = "interview"


@dataclass(frozen=True, kw_only=True)
class RuleSettings:
    """What every rule has.

    ``after_s``: how long the matter must last before it is a violation; ``cooldown_s``: how long
    after its end the next one of the rule may start; ``penalty``: points off the score, 0 for
    "recorded, not counted".
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    enabled: bool = True
    after_s: float = 0.0
    cooldown_s: float = 2.0
    penalty: float = 0.0

    def __post_init__(self) -> None:
        for name in ("after_s", "cooldown_s", "penalty"):
            if not 0 <= getattr(self, name) <= 3600:  # noqa: PLR2004 - an hour bounds them all
                raise ValueError(f"{name} must lie between 0 and 3600")


@dataclass(frozen=True, kw_only=True)
class FaceMissing(RuleSettings):
    """No face in the picture."""

    after_s: float = 5.0
    penalty: float = 5.0


@dataclass(frozen=True, kw_only=True)
class MultipleFaces(RuleSettings):
    """Two faces or more in ``analyses`` analysed pictures in a row."""

    analyses: int = 2
    penalty: float = 10.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.analyses < 1:
            raise ValueError("analyses must be at least 1")


@dataclass(frozen=True, kw_only=True)
class HeadTurned(RuleSettings):
    """The head turned from the calibrated pose beyond one of four limits."""

    after_s: float = 1.0
    cooldown_s: float = 1.0
    penalty: float = 2.0
    left_deg: float = 30.0
    right_deg: float = 30.0
    up_deg: float = 20.0
    down_deg: float = 25.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("left_deg", "right_deg", "up_deg", "down_deg"):
            if not 0 < getattr(self, name) <= 90:  # noqa: PLR2004 - a right angle
                raise ValueError(f"{name} must lie between 0 and 90")


@dataclass(frozen=True, kw_only=True)
class OutsideZone(RuleSettings):
    """The face's centre outside the central ``zone`` of the picture (a fraction, each way)."""

    after_s: float = 1.0
    cooldown_s: float = 1.0
    penalty: float = 2.0
    zone: float = 0.6

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.zone <= 1:
            raise ValueError("zone must lie between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class ProlongedSilence(RuleSettings):
    """Nothing to be heard; recorded but not counted in an exam, where silence is expected."""

    after_s: float = 10.0
    cooldown_s: float = 5.0


@dataclass(frozen=True, kw_only=True)
class FocusLost(RuleSettings):
    """The exam's window is not the active one; a blink of under ``after_s`` does not count."""

    after_s: float = 0.3
    cooldown_s: float = 0.0
    penalty: float = 8.0


@dataclass(frozen=True, kw_only=True)
class AppSwitched(RuleSettings):
    """While the focus was away, yet another application took it."""

    after_s: float = 0.3
    cooldown_s: float = 0.0
    penalty: float = 8.0


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The settings of every rule, by the rule's name."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    face_missing: FaceMissing = field(default_factory=FaceMissing)
    multiple_faces: MultipleFaces = field(default_factory=MultipleFaces)
    head_turned: HeadTurned = field(default_factory=HeadTurned)
    outside_zone: OutsideZone = field(default_factory=OutsideZone)
    prolonged_silence: ProlongedSilence = field(default_factory=ProlongedSilence)
    focus_lost: FocusLost = field(default_factory=FocusLost)
    app_switched: AppSwitched = field(default_factory=AppSwitched)

    def items(self) -> Iterator[tuple[str, RuleSettings]]:
        """Each rule's name with its settings, in the order above."""
        for one in fields(self):
            yield one.name, getattr(self, one.name)


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What is recorded beside the rules."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    screen: bool = True
    screen_frames_per_s: float = 1.0
    segment_s: float = 10.0

    def __post_init__(self) -> None:
        if not 0.2 <= self.screen_frames_per_s <= 5:  # noqa: PLR2004
            raise ValueError("screen_frames_per_s must lie between 0.2 and 5")
        if not 2 <= self.segment_s <= 60:  # noqa: PLR2004
            raise ValueError("segment_s must lie between 2 and 60")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """All that the engine and the score go by; part of the signed exam and of the evidence."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    preset: Preset = Preset.EXAM
    rules: Rules = field(default_factory=Rules)
    recording: Recording = field(default_factory=Recording)
    flag_at_violations: int = 3

    def __post_init__(self) -> None:
        if self.flag_at_violations < 1:
            raise ValueError("flag_at_violations must be at least 1")


def preset_defaults(preset: Preset) -> Policy:
    """The policy that a preset stands for, before an exam changes anything in it."""
    if preset is Preset.INTERVIEW:
        return Policy(preset=preset, rules=Rules(prolonged_silence=ProlongedSilence(penalty=5.0)))
    return Policy(preset=preset)
