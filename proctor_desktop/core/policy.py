"""What an exam asks for: the settings of its rules, what is recorded, and two presets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar

from proctor_desktop.core.rule_settings import (
    STRICT,
    AppSwitched,
    CameraChanged,
    CameraCovered,
    Clipping,
    DeadMicrophone,
    EyesClosed,
    FaceMissing,
    FocusLost,
    FrozenCamera,
    HeadTurned,
    IdentityMismatch,
    LookingAway,
    LowConfidence,
    MultipleFaces,
    OutsideZone,
    PicturedFace,
    ProlongedSilence,
    RepeatedChecks,
    RuleSettings,
    SpoofSuspected,
    SuspiciousObject,
    VoiceDetected,
)

__all__ = [
    "STRICT",
    "AppSwitched",
    "Calibration",
    "CameraChanged",
    "CameraCovered",
    "Clipping",
    "DeadMicrophone",
    "Delivery",
    "EyesClosed",
    "FaceMissing",
    "FocusLost",
    "FrozenCamera",
    "HeadTurned",
    "IdentityMismatch",
    "LookingAway",
    "LowConfidence",
    "MultipleFaces",
    "OutsideZone",
    "PicturedFace",
    "Policy",
    "Preset",
    "ProlongedSilence",
    "Recording",
    "RepeatedChecks",
    "RuleSettings",
    "Rules",
    "SpoofSuspected",
    "SuspiciousObject",
    "VoiceDetected",
    "preset_defaults",
]


class Preset(StrEnum):
    """The two kinds of sitting that the defaults know."""

    EXAM = "exam"
    INTERVIEW = "interview"


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
    ``voice_clips``: sound around a voice. Neither is kept unless the exam says so. ``segment_s``:
    screen video is cut into files that long, longer ones where little changes. ``window_titles``:
    the titles of the active windows stand beside them; they may tell what somebody reads or writes.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    screen: bool = True
    screen_frames_per_s: float = 1.0
    segment_s: float = 10.0
    clips: bool = False
    voice_clips: bool = False
    clip_s: float = 5.0
    window_titles: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.clip_s <= 10:  # noqa: PLR2004
            raise ValueError("clip_s must lie between 1 and 10")
        if not 0.2 <= self.screen_frames_per_s <= 5:  # noqa: PLR2004
            raise ValueError("screen_frames_per_s must lie between 0.2 and 5")
        if not 2 <= self.segment_s <= 60:  # noqa: PLR2004
            raise ValueError("segment_s must lie between 2 and 60")


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How the evidence gets to the endpoint, and what becomes of it here.

    ``keep_local_days``: days after the endpoint's last receipt before what it has beyond doubt may
    leave this computer, by the endpoint's clock; None keeps it. ``bytes_per_s`` caps the bandwidth
    of records and files; None does not.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    keep_local_days: float | None = None
    bytes_per_s: int | None = None

    def __post_init__(self) -> None:
        if self.keep_local_days is not None and not 0 <= self.keep_local_days <= 3650:  # noqa: PLR2004
            raise ValueError("keep_local_days must lie between 0 and 3650")
        if self.bytes_per_s is not None and self.bytes_per_s < 8192:  # noqa: PLR2004
            raise ValueError("bytes_per_s must be at least 8192")


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
    delivery: Delivery = field(default_factory=Delivery)
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
