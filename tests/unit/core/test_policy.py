"""What an exam may ask of the rules."""

from __future__ import annotations

import math
from typing import Any

import pytest

from proctor_desktop.core.policy import (
    CameraChanged,
    CameraCovered,
    Clipping,
    Delivery,
    EyesClosed,
    FaceMissing,
    HeadTurned,
    IdentityMismatch,
    LookingAway,
    LowConfidence,
    MultipleFaces,
    OutsideZone,
    Policy,
    Preset,
    Recording,
    Rules,
    SpoofSuspected,
    SuspiciousObject,
    VoiceDetected,
    preset_defaults,
)

PENALTIES = {
    "face_missing": 5,
    "multiple_faces": 10,
    "head_turned": 2,
    "outside_zone": 2,
    "looking_away": 2,
    "eyes_closed": 2,
    "low_confidence": 0,
    "pictured_face": 0,
    "suspicious_object": 10,
    "identity_mismatch": 10,
    "spoof_suspected": 0,
    "camera_covered": 0,
    "frozen_camera": 5,
    "camera_changed": 5,
    "prolonged_silence": 0,
    "voice_detected": 5,
    "dead_microphone": 0,
    "clipping": 0,
    "focus_lost": 8,
    "app_switched": 8,
}


def test_the_defaults_are_those_that_candidates_are_told() -> None:
    rules = Policy().rules
    assert {name: settings.penalty for name, settings in rules.items()} == PENALTIES
    assert (rules.face_missing.after_s, rules.prolonged_silence.after_s) == (5, 10)
    turned = rules.head_turned
    assert (turned.left_deg, turned.right_deg, turned.up_deg, turned.down_deg) == (30, 30, 20, 25)
    assert Policy().flag_at_violations == 3


def test_the_presets_differ_in_what_silence_and_voices_cost() -> None:
    interview = preset_defaults(Preset.INTERVIEW).rules
    assert (interview.prolonged_silence.penalty, interview.voice_detected.penalty) == (5, 0)
    assert preset_defaults(Preset.EXAM) == Policy()


@pytest.mark.parametrize("field", ["after_s", "cooldown_s", "penalty"])
@pytest.mark.parametrize("value", [-0.1, 3600.1, math.nan, math.inf])
def test_times_and_penalties_out_of_reason_are_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        FaceMissing(**{field: value})


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (MultipleFaces, {"analyses": 0}),
        (HeadTurned, {"left_deg": 0.0}),
        (HeadTurned, {"down_deg": 91.0}),
        (HeadTurned, {"up_deg": math.nan}),
        (FaceMissing, {"still_after_s": 0.5}),
        (MultipleFaces, {"still_after_s": math.nan}),
        (LookingAway, {"margin_deg": 46.0}),
        (EyesClosed, {"openness": 1.0}),
        (LowConfidence, {"score": 0.0}),
        (SuspiciousObject, {"needed": 6}),
        (SuspiciousObject, {"score": 1.1}),
        (SuspiciousObject, {"objects": ("cat",)}),
        (IdentityMismatch, {"similarity": 1.1}),
        (SpoofSuspected, {"live": 0.0}),
        (CameraCovered, {"detail": 0.0}),
        (CameraChanged, {"after_s": 1.0}),
        (VoiceDetected, {"speech_s": 6.0}),
        (Clipping, {"share": 1.0}),
        (Recording, {"clip_s": 11.0}),
        (OutsideZone, {"zone": 0.0}),
        (OutsideZone, {"zone": 1.1}),
        (Recording, {"screen_frames_per_s": 0.1}),
        (Recording, {"segment_s": 61.0}),
        (Policy, {"flag_at_violations": 0}),
        (OutsideZone, {"after_s": -1.0}),
    ],
)
def test_each_setting_has_its_bounds(kind: type[Any], given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        kind(**given)


def test_every_rule_is_listed_once_in_a_fixed_order() -> None:
    assert [name for name, _ in Rules().items()] == list(PENALTIES)


@pytest.mark.parametrize(
    "asked",
    [
        {"keep_local_days": -1},
        {"keep_local_days": math.nan},
        {"keep_local_days": 4000},
        {"bytes_per_s": 0},
        {"bytes_per_s": 8191},
    ],
)
def test_a_delivery_that_makes_no_sense_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(asked))):
        Delivery(**asked)


def test_by_default_everything_is_kept_and_nothing_slowed_down() -> None:
    assert Policy().delivery == Delivery(keep_local_days=None, bytes_per_s=None)
