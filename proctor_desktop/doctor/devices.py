"""Camera, microphone and screen, opened for a moment: what is listed may still not work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

from proctor_desktop.core.capability import Capability
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.doctor.probe import Probe, within, works
from proctor_desktop.sources.screen import Shooter
from proctor_desktop.sources.sound_device import OpenStream, open_stream
from proctor_desktop.sources.sound_inputs import SoundInputs, sound_inputs
from proctor_desktop.sources.video_device import OpenCapture, open_device, picture_of

LIMIT_S = 15.0
_FIRST_SOUND_S = 3.0
_CAMERA = 0
_DEV = Path("/dev")
_NAMES = Path("/sys/class/video4linux")


def probes() -> tuple[Probe, ...]:
    """What is asked about devices."""
    return (
        Probe("camera", True, lambda: within(LIMIT_S, "camera 0", camera)),
        Probe("microphone", True, lambda: within(LIMIT_S, "microphone", microphone)),
    )


def camera(
    open_capture: OpenCapture | None = None, dev: Path = _DEV, names: Path = _NAMES
) -> Capability:
    """Open the first camera and take a picture; raises EnvironmentProblem."""
    capture = open_device(_CAMERA, open_capture)
    try:
        picture = picture_of(capture)
    finally:
        capture.release()
    if picture is None:
        raise EnvironmentProblem(
            "camera 0", "its pictures cannot be decoded", "Use another camera, or its own driver."
        )
    found = cameras(dev, names)
    listed = f" Devices here: {', '.join(found)}." if found else ""
    return works("camera", f"Camera 0 gives pictures.{listed}")


def cameras(dev: Path = _DEV, names: Path = _NAMES) -> tuple[str, ...]:
    """The video devices that Linux lists, with the names they give themselves."""
    paths = sorted(dev.glob("video*"), key=lambda path: (len(path.name), path.name))
    return tuple(f"{path}{_named(names / path.name / 'name')}" for path in paths)


def _named(file: Path) -> str:
    try:
        return f" ({file.read_text('utf-8', errors='replace').strip()})"
    except OSError:
        return ""


def microphone(
    open_device_stream: OpenStream = open_stream,
    list_inputs: Callable[[], SoundInputs] = sound_inputs,
    patience_s: float = _FIRST_SOUND_S,
) -> Capability:
    """Open the default microphone and wait for its first sound; raises EnvironmentProblem."""
    heard = Event()
    stream, rate_hz = open_device_stream("default", lambda *_: heard.set())
    try:
        inputs = list_inputs()
        came = heard.wait(patience_s)
    finally:
        stream.abort()
        stream.close()
    if not came:
        raise EnvironmentProblem(
            "microphone",
            f"{inputs.default or 'it'} was opened and gives no sound",
            "Check the system's sound settings, and that no other program keeps it for itself.",
        )
    return works(
        "microphone",
        f"The default one, {inputs.default or 'unnamed'}, gives sound at {rate_hz} Hz. "
        f"Inputs here: {', '.join(inputs.names)}.",
    )


def screen(open_it: Callable[[], Shooter]) -> Capability:
    """Take one picture of the screen; raises EnvironmentProblem."""
    shooter = open_it()
    try:
        height, width = shooter.shoot().shape[:2]
    finally:
        shooter.close()
    return works("screen", f"A picture of {width} x {height} pixels holds all displays together.")
