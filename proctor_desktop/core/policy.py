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
class LookingAway(RuleSettings):
    """The gaze (head and eyes) more than ``margin_deg`` beyond the screen's edge."""

    after_s: float = 5.0
    cooldown_s: float = 5.0
    penalty: float = 2.0
    margin_deg: float = 5.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.margin_deg <= 45:  # noqa: PLR2004 - beyond it nobody looks at anything
            raise ValueError("margin_deg must lie between 0 and 45")


@dataclass(frozen=True, kw_only=True)
class EyesClosed(RuleSettings):
    """Both eyes open less than ``openness`` of this person's own open eyes."""

    after_s: float = 2.0
    cooldown_s: float = 5.0
    penalty: float = 2.0
    openness: float = 0.35

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.openness < 1:
            raise ValueError("openness must lie between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class LowConfidence(RuleSettings):
    """A face that is seen, but badly: a score below ``score``."""

    after_s: float = 3.0
    cooldown_s: float = 5.0
    score: float = 0.6

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.score <= 1:
            raise ValueError("score must lie between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class PicturedFace(RuleSettings):
    """A face in view in which nothing ever moves: a poster, a print. Recorded, not counted."""

    after_s: float = 10.0
    cooldown_s: float = 60.0


@dataclass(frozen=True, kw_only=True)
class RepeatedChecks(RuleSettings):
    """A rule that goes by ``needed`` suspicious results among the last ``checks``."""

    cooldown_s: float = 30.0
    penalty: float = 10.0
    needed: int = 3
    checks: int = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.needed <= self.checks <= 100:  # noqa: PLR2004 - a bound for memory
            raise ValueError("needed must lie between 1 and checks, and checks be at most 100")


@dataclass(frozen=True, kw_only=True)
class SuspiciousObject(RepeatedChecks):
    """One of ``objects`` seen with at least ``score``."""

    cooldown_s: float = 5.0
    score: float = 0.5
    objects: tuple[str, ...] = ("phone", "book", "laptop", "screen")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.score <= 1:
            raise ValueError("score must lie between 0 and 1")
        unknown = sorted(set(self.objects) - {"phone", "book", "laptop", "screen"})
        if unknown:
            raise ValueError(f"objects knows phone, book, laptop and screen, not {unknown}")


@dataclass(frozen=True, kw_only=True)
class IdentityMismatch(RepeatedChecks):
    """The face is less like the reference photo than ``similarity``."""

    similarity: float = 0.35

    def __post_init__(self) -> None:
        super().__post_init__()
        if not -1 <= self.similarity <= 1:
            raise ValueError("similarity must lie between -1 and 1")


@dataclass(frozen=True, kw_only=True)
class SpoofSuspected(RepeatedChecks):
    """The face looks less alive than ``live``."""

    live: float = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.live < 1:
            raise ValueError("live must lie between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class CameraCovered(RuleSettings):
    """A picture with hardly any ``detail``: a hand, a sticker, a lens cap."""

    after_s: float = 1.0
    penalty: float = 5.0
    detail: float = 0.03

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.detail < 1:
            raise ValueError("detail must lie between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class FrozenCamera(RuleSettings):
    """The same picture again and again; ``after_s`` counts from the last one that was new."""

    after_s: float = 2.0
    penalty: float = 5.0


@dataclass(frozen=True, kw_only=True)
class CameraChanged(RuleSettings):
    """Another camera than at the start, a virtual one, or another scene all at once."""

    penalty: float = 5.0


@dataclass(frozen=True, kw_only=True)
class VoiceDetected(RuleSettings):
    """Speech for ``speech_s`` within ``window_s``."""

    cooldown_s: float = 5.0
    penalty: float = 5.0
    speech_s: float = 2.0
    window_s: float = 5.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.speech_s <= self.window_s <= 60:  # noqa: PLR2004
            raise ValueError("speech_s must lie between 0 and window_s, and window_s be at most 60")


@dataclass(frozen=True, kw_only=True)
class DeadMicrophone(RuleSettings):
    """Unplugged, muted, or digitally silent. Recorded, not counted: drivers do it, too."""

    after_s: float = 2.0


@dataclass(frozen=True, kw_only=True)
class Clipping(RuleSettings):
    """More than ``share`` of the samples at full scale: nothing said then can be made out."""

    after_s: float = 2.0
    cooldown_s: float = 30.0
    share: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.share < 1:
            raise ValueError("share must lie between 0 and 1")


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
    looking_away: LookingAway = field(default_factory=LookingAway)
    eyes_closed: EyesClosed = field(default_factory=EyesClosed)
    low_confidence: LowConfidence = field(default_factory=LowConfidence)
    pictured_face: PicturedFace = field(default_factory=PicturedFace)
    suspicious_object: SuspiciousObject = field(default_factory=SuspiciousObject)
    identity_mismatch: IdentityMismatch = field(default_factory=IdentityMismatch)
    spoof_suspected: SpoofSuspected = field(default_factory=SpoofSuspected)
    camera_covered: CameraCovered = field(default_factory=CameraCovered)
    frozen_camera: FrozenCamera = field(default_factory=FrozenCamera)
    camera_changed: CameraChanged = field(default_factory=CameraChanged)
    prolonged_silence: ProlongedSilence = field(default_factory=ProlongedSilence)
    voice_detected: VoiceDetected = field(default_factory=VoiceDetected)
    dead_microphone: DeadMicrophone = field(default_factory=DeadMicrophone)
    clipping: Clipping = field(default_factory=Clipping)
    focus_lost: FocusLost = field(default_factory=FocusLost)
    app_switched: AppSwitched = field(default_factory=AppSwitched)

    def items(self) -> Iterator[tuple[str, RuleSettings]]:
        """Each rule's name with its settings, in the order above."""
        for one in fields(self):
            yield one.name, getattr(self, one.name)


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What is recorded beside the rules.

    ``clips``: camera video of ``clip_s`` before and after the start of each violation;
    ``voice_clips``: sound around a voice. Neither is kept unless the exam says so.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    screen: bool = True
    screen_frames_per_s: float = 1.0
    segment_s: float = 10.0
    clips: bool = False
    voice_clips: bool = False
    clip_s: float = 5.0

    def __post_init__(self) -> None:
        if not 1 <= self.clip_s <= 10:  # noqa: PLR2004
            raise ValueError("clip_s must lie between 1 and 10")
        if not 0.2 <= self.screen_frames_per_s <= 5:  # noqa: PLR2004
            raise ValueError("screen_frames_per_s must lie between 0.2 and 5")
        if not 2 <= self.segment_s <= 60:  # noqa: PLR2004
            raise ValueError("segment_s must lie between 2 and 60")


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How the candidate is calibrated.

    ``offered`` False is an accommodation: nothing is measured, and the rules that need it are not
    evaluated. ``gaze`` False leaves out the screen's corners; their place is then assumed.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    offered: bool = True
    gaze: bool = True


@dataclass(frozen=True, kw_only=True)
class Policy:
    """All that the engine and the score go by; part of the signed exam and of the evidence."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    preset: Preset = Preset.EXAM
    rules: Rules = field(default_factory=Rules)
    recording: Recording = field(default_factory=Recording)
    calibration: Calibration = field(default_factory=Calibration)
    flag_at_violations: int = 3

    def __post_init__(self) -> None:
        if self.flag_at_violations < 1:
            raise ValueError("flag_at_violations must be at least 1")


def preset_defaults(preset: Preset) -> Policy:
    """The policy that a preset stands for, before an exam changes anything in it."""
    if preset is Preset.INTERVIEW:
        rules = Rules(
            prolonged_silence=ProlongedSilence(penalty=5.0),
            voice_detected=VoiceDetected(penalty=0.0),
        )
        return Policy(preset=preset, rules=rules)
    return Policy(preset=preset)
