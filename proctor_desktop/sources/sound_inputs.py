"""Which microphones there are, by name: for a person, not for opening one."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core.errors import EnvironmentProblem


@dataclass(frozen=True, slots=True)
class SoundInputs:
    """The names of all input devices and of the one that is used when none is chosen ("")."""

    names: tuple[str, ...]
    default: str


def sound_inputs() -> SoundInputs:
    """What PortAudio lists now; raises EnvironmentProblem where PortAudio cannot be loaded.

    The list is the one PortAudio made when it was last started.
    """
    try:
        import sounddevice  # noqa: PLC0415 - fails where PortAudio is not installed
    except OSError as problem:
        raise EnvironmentProblem(
            "microphone",
            f"PortAudio cannot be loaded ({problem})",
            "Install PortAudio (Debian, Ubuntu: apt install libportaudio2).",
        ) from problem
    devices = list(sounddevice.query_devices())
    names = tuple(str(one["name"]) for one in devices if one["max_input_channels"])
    number = int(sounddevice.default.device[0])
    default = str(devices[number]["name"]) if 0 <= number < len(devices) else ""
    return SoundInputs(names, default)
