"""A microphone through PortAudio."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.sound import BLOCK_SAMPLES, RATE_HZ

Heard = Callable[[Any, int, Any, Any], None]
_PRIVACY = "Check that it is plugged in and that the system's privacy settings allow it."


class SoundStream(Protocol):
    """The part of ``sounddevice.InputStream`` that is used here."""

    active: bool

    def abort(self) -> None:
        """End at once."""
        ...

    def close(self) -> None:
        """Let go of the device."""
        ...


OpenStream = Callable[[str, Heard], tuple[SoundStream, int]]


def open_stream(device: str, heard: Heard) -> tuple[SoundStream, int]:
    """A running mono ``float32`` input stream and its rate: 16 kHz, or the device's own.

    ``device`` is ``"default"``, a device's number, or a part of its name. PortAudio makes its list
    of devices once, so it is asked to make a new one: no other stream may be open. Raises
    EnvironmentProblem.
    """
    sounddevice = _portaudio()
    chosen = None if device == "default" else int(device) if device.isdigit() else device
    try:
        sounddevice._terminate()
        sounddevice._initialize()
        info = sounddevice.query_devices(chosen, "input")
        return _open(sounddevice, chosen, int(info["default_samplerate"]), heard)
    except (sounddevice.PortAudioError, ValueError) as problem:
        raise _no_microphone(sounddevice, device, problem) from problem


def _open(
    sounddevice: Any, device: int | str | None, own_rate_hz: int, heard: Heard
) -> tuple[SoundStream, int]:
    rate_hz = RATE_HZ
    try:
        sounddevice.check_input_settings(device, 1, "float32", samplerate=RATE_HZ)
    except sounddevice.PortAudioError:
        rate_hz = own_rate_hz
    stream = sounddevice.InputStream(
        device=device,
        samplerate=rate_hz,
        channels=1,
        dtype="float32",
        blocksize=BLOCK_SAMPLES * rate_hz // RATE_HZ,
        callback=heard,
    )
    try:
        stream.start()
    except sounddevice.PortAudioError:
        stream.close()
        raise
    return stream, rate_hz


def _portaudio() -> Any:
    try:
        import sounddevice  # noqa: PLC0415 - fails where PortAudio is not installed
    except OSError as problem:
        remedy = "Install PortAudio"
        remedy += " (Debian, Ubuntu: apt install libportaudio2)." if _on_linux() else "."
        raise EnvironmentProblem(
            "microphone", f"PortAudio cannot be loaded ({problem})", remedy
        ) from problem
    return sounddevice


def _no_microphone(sounddevice: Any, device: str, problem: Exception) -> EnvironmentProblem:
    reason = str(problem).split("\n", 1)[0].strip()
    found = [
        f"{number} ({info['name']})"
        for number, info in enumerate(sounddevice.query_devices())
        if info["max_input_channels"]
    ]
    if not found:
        return EnvironmentProblem(
            "microphone", "this computer has none", "Plug one in, or say --microphone none."
        )
    return EnvironmentProblem(
        f"microphone {device}",
        f"it cannot be opened ({reason})",
        f"{_PRIVACY} Microphones here: {', '.join(found)}.",
    )


def _on_linux() -> bool:
    return sys.platform.startswith("linux")
