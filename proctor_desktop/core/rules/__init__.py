"""One rule a file: each turns an observation into a reading, and nothing else."""

from __future__ import annotations

from proctor_desktop.core.policy import Rules
from proctor_desktop.core.rules.app_switched import AppSwitched
from proctor_desktop.core.rules.camera_changed import CameraChanged
from proctor_desktop.core.rules.camera_covered import CameraCovered
from proctor_desktop.core.rules.clipping import Clipping
from proctor_desktop.core.rules.dead_microphone import DeadMicrophone
from proctor_desktop.core.rules.eyes_closed import EyesClosed
from proctor_desktop.core.rules.face_missing import FaceMissing
from proctor_desktop.core.rules.focus_lost import FocusLost
from proctor_desktop.core.rules.frozen_camera import FrozenCamera
from proctor_desktop.core.rules.head_turned import HeadTurned
from proctor_desktop.core.rules.identity_mismatch import IdentityMismatch
from proctor_desktop.core.rules.looking_away import LookingAway
from proctor_desktop.core.rules.low_confidence import LowConfidence
from proctor_desktop.core.rules.multiple_faces import MultipleFaces
from proctor_desktop.core.rules.outside_zone import OutsideZone
from proctor_desktop.core.rules.pictured_face import PicturedFace
from proctor_desktop.core.rules.prolonged_silence import ProlongedSilence
from proctor_desktop.core.rules.rule import Needs, Reading, Rule
from proctor_desktop.core.rules.spoof_suspected import SpoofSuspected
from proctor_desktop.core.rules.suspicious_object import SuspiciousObject
from proctor_desktop.core.rules.voice_detected import VoiceDetected

__all__ = ["Needs", "Reading", "Rule", "enabled_rules"]


def enabled_rules(settings: Rules) -> tuple[Rule, ...]:
    """A fresh set of the rules that the exam has switched on, in a fixed order."""
    still_after_s = settings.multiple_faces.still_after_s
    every: tuple[Rule, ...] = (
        FaceMissing(settings.face_missing),
        MultipleFaces(settings.multiple_faces),
        HeadTurned(settings.head_turned),
        OutsideZone(settings.outside_zone, still_after_s=still_after_s),
        LookingAway(settings.looking_away),
        EyesClosed(settings.eyes_closed),
        LowConfidence(settings.low_confidence, still_after_s=still_after_s),
        PicturedFace(settings.pictured_face, own_still_after_s=settings.face_missing.still_after_s),
        SuspiciousObject(settings.suspicious_object),
        IdentityMismatch(settings.identity_mismatch),
        SpoofSuspected(settings.spoof_suspected),
        CameraCovered(settings.camera_covered),
        FrozenCamera(settings.frozen_camera),
        CameraChanged(settings.camera_changed),
        ProlongedSilence(settings.prolonged_silence),
        VoiceDetected(settings.voice_detected),
        DeadMicrophone(settings.dead_microphone),
        Clipping(settings.clipping),
        FocusLost(settings.focus_lost),
        AppSwitched(settings.app_switched),
    )
    return tuple(rule for rule in every if rule.settings.enabled)
