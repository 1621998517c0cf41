"""What the program can do on this machine, with these devices: the matrix in the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from proctor_desktop.config.remedy import SYNC_WEIGHTS
from proctor_desktop.core.capability import Capability, Level
from proctor_desktop.hosts import Host
from proctor_desktop.monitor.analysers import Analysers
from proctor_desktop.monitor.stages import StageOptions
from proctor_desktop.sources.sound_inputs import sound_inputs
from proctor_desktop.sources.video_device import is_there
from proctor_desktop.vision.models import ModelFiles
from proctor_desktop.wire.fingerprint import fingerprint

_NOT_BUILT = "This version watches; it does not lock the computer down."


def abilities(
    host: Host, options: StageOptions, analysers: Analysers, seal_to: Sequence[str] = ()
) -> tuple[Capability, ...]:
    """Every ability that the evidence speaks of, at the level it has in this session.

    ``seal_to`` are the public keys (hex) that the exam names for sealing.
    """
    models = analysers.vision
    camera, microphone = _camera(options), _microphone(options)
    look, compare, check, listen = (
        "Phones, books, laptops and screens are looked for.",
        "The face is compared with the reference photo.",
        "The face is checked for being a print or a screen.",
        "Speech is told from other sound.",
    )
    return (
        camera,
        microphone,
        _faces(models, camera),
        _model("objects", models.objects, look, camera),
        _model("identity", models.identity, compare, camera),
        _model("liveness", models.liveness, check, camera),
        _model("speech", analysers.speech, listen, microphone),
        *(_desktop(ability, options) for ability in host.capabilities()),
        Capability("keyboard and mouse", Level.NOT_POSSIBLE, _NOT_BUILT),
        Capability("clipboard", Level.NOT_POSSIBLE, _NOT_BUILT),
        Capability("other programs", Level.NOT_POSSIBLE, _NOT_BUILT),
        _sealing(seal_to),
    )


def _sealing(seal_to: Sequence[str]) -> Capability:
    if not seal_to:
        return Capability(
            "sealed evidence",
            Level.NOT_POSSIBLE,
            "The exam names no key to seal to: stills, clips and screen video stay readable on "
            "this computer.",
        )
    names = ", ".join(map(fingerprint, seal_to))
    return Capability(
        "sealed evidence",
        Level.ENFORCED,
        f"Stills, clips and screen video are sealed in memory; only who holds one of these keys "
        f"can open them: {names}.",
    )


def _camera(options: StageOptions) -> Capability:
    if isinstance(options.camera, Path):
        return Capability("camera", Level.DETECTED, "A video file stands in for the camera.")
    if not is_there(options.camera):
        reason = f"There is no camera number {options.camera} on this computer."
        return Capability("camera", Level.NOT_POSSIBLE, reason)
    return Capability("camera", Level.DETECTED, f"The camera is number {options.camera}.")


def _microphone(options: StageOptions) -> Capability:
    if options.microphone is None:
        return Capability(
            "microphone", Level.NOT_POSSIBLE, "It was switched off on the command line."
        )
    if isinstance(options.microphone, Path):
        reason = "A sound file stands in for the microphone."
    elif not sound_inputs().names:
        reason = "This computer has no microphone."
        return Capability("microphone", Level.NOT_POSSIBLE, reason)
    else:
        reason = f"The microphone is {options.microphone}."
    return Capability("microphone", Level.DETECTED, reason)


def _faces(models: ModelFiles, camera: Capability) -> Capability:
    """Which of the two face detectors looks for other people."""
    if camera.level is Level.NOT_POSSIBLE:
        return Capability("other people", Level.NOT_POSSIBLE, camera.reason, camera.fix)
    if models.faces is not None:
        return Capability("other people", Level.DETECTED, "Every face in the picture is found.")
    reason = (
        "The better face detector is not installed: second people, and dark faces in dim light, "
        "are found less well."
    )
    return Capability("other people", Level.DETECTED, reason, SYNC_WEIGHTS)


def _model(name: str, file: Path | None, what: str, device: Capability) -> Capability:
    """What a model makes possible, if it is installed and its device gives it anything."""
    if file is None:
        return Capability(name, Level.NOT_POSSIBLE, "Its model is not installed.", SYNC_WEIGHTS)
    if device.level is Level.NOT_POSSIBLE:
        return Capability(name, Level.NOT_POSSIBLE, device.reason, device.fix)
    return Capability(name, Level.DETECTED, what)


def _desktop(ability: Capability, options: StageOptions) -> Capability:
    if options.desktop:
        return ability
    return Capability(
        ability.name, Level.NOT_POSSIBLE, "The desktop was switched off on the command line."
    )
