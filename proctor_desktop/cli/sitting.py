"""Sitting an exam: with the candidate's window, or without any."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass, fields
from pathlib import Path

import click

from proctor_desktop.cli.options import DATA, FILE, Command
from proctor_desktop.core.errors import EnvironmentProblem

_CAMERA_DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """What both commands are told: the exam, the devices, and who sits there."""

    exam: Path
    camera: str
    microphone: str
    data: Path
    duration: float | None
    candidate_name: str
    candidate_email: str
    institution_key: tuple[str, ...]
    no_desktop: bool

    def words(self) -> list[str]:
        """The same again as words for a monitor; how long it takes is the window's matter."""
        return [
            *("--exam", str(self.exam), "--camera", self.camera, "--microphone", self.microphone),
            *("--data", str(self.data)),
            *("--name", self.candidate_name, "--email", self.candidate_email),
            *(word for key in self.institution_key for word in ("--institution-key", key)),
            *(["--no-desktop"] if self.no_desktop else []),
        ]


def _sitting(command: Command) -> Command:
    """Give ``command`` the common options as one Sitting, its own ones as they are."""

    @functools.wraps(command)
    def with_sitting(**words: object) -> None:
        common = {field.name: words.pop(field.name) for field in fields(Sitting)}
        command(Sitting(**common), **words)  # type: ignore[arg-type]  # click has checked them

    wrapped: Command = with_sitting
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


_OPTIONS = (
    click.option("--exam", type=FILE, required=True, help="The signed exam file."),
    click.option("--camera", default="0", help="Camera number or video file [default: 0]."),
    click.option(
        "--microphone",
        default="default",
        help='"default", a device name, a WAV file, or "none" [default: default].',
    ),
    DATA,
    click.option(
        "--duration",
        type=click.FloatRange(min=0, min_open=True),
        help="End the exam after so many seconds.",
    ),
    click.option("--name", "candidate_name", default="", help="The candidate's name."),
    click.option("--email", "candidate_email", default="", help="The candidate's e-mail."),
    click.option(
        "--institution-key",
        multiple=True,
        help="Public key (hex or file) that must have signed the exam.",
    ),
    click.option(
        "--no-desktop",
        is_flag=True,
        help="Do without screen recording and window focus; the evidence says so.",
    ),
)


@click.command()
@_sitting
@click.option("--exam-pid", type=int, multiple=True, help="Process whose windows are the exam's.")
@click.option("--skip-preparation", is_flag=True, help="Go on without photo and calibration.")
@click.option("--stdio", is_flag=True, help="Be driven by a kiosk over standard input and output.")
def monitor(
    sitting: Sitting, exam_pid: tuple[int, ...], skip_preparation: bool, stdio: bool
) -> None:
    """Watch one session without a window of its own."""
    from proctor_desktop import app
    from proctor_desktop.config.keys import public
    from proctor_desktop.monitor.stages import StageOptions

    options = app.MonitorOptions(
        exam=sitting.exam,
        data=sitting.data,
        stages=StageOptions(
            camera=_camera(sitting.camera),
            microphone=_microphone(sitting.microphone),
            desktop=not sitting.no_desktop,
            exam_pids=frozenset(exam_pid),
        ),
        candidate={
            "name": sitting.candidate_name or "unnamed",
            "email": sitting.candidate_email or "unnamed@localhost",
        },
        duration_s=sitting.duration,
        kiosk=stdio,
        skip_preparation=skip_preparation,
        institution_keys=tuple(public(key) for key in sitting.institution_key),
    )
    try:
        sys.exit(app.run(options, sys.stdin, sys.stdout))
    except EnvironmentProblem as problem:
        if stdio:
            _tell_kiosk(problem)
        raise


@click.command()
@_sitting
@click.option("--unattended", is_flag=True, help="Let the window press its own buttons; recorded.")
@click.option("--screenshots", type=FILE, help="Folder that gets a picture of every screen.")
def run(sitting: Sitting, unattended: bool, screenshots: Path | None) -> None:
    """Sit an exam: the candidate's window."""
    from proctor_desktop.config import exam as exam_file
    from proctor_desktop.config.keys import public
    from proctor_desktop.config.program import command
    from proctor_desktop.kiosk import app as kiosk
    from proctor_desktop.kiosk.options import KioskOptions

    exam_file.load(sitting.exam, [public(key) for key in sitting.institution_key])
    options = KioskOptions(
        unattended=unattended,
        duration_s=sitting.duration,
        screenshots=screenshots,
        candidate_name=sitting.candidate_name,
        candidate_email=sitting.candidate_email,
    )
    sys.exit(kiosk.run(command("monitor", "--stdio", *sitting.words()), options))


def _camera(text: str) -> int | Path:
    number = text.isascii() and text.isdecimal()
    if not text or (number and len(text) > _CAMERA_DIGITS):
        raise click.BadParameter(f"{text!r} is neither a camera's number nor a video file.")
    return int(text) if number else Path(text)


def _microphone(text: str) -> str | Path | None:
    if text == "none":
        return None
    path = Path(text)
    return path if path.suffix.lower() == ".wav" or path.is_file() else text


def _tell_kiosk(problem: EnvironmentProblem) -> None:
    from proctor_desktop.wire import stdio

    trouble = stdio.Trouble(problem.what, problem.why, problem.remedy, fatal=True)
    print(stdio.to_line(trouble), flush=True)
