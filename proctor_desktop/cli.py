"""The program's commands: each parses its words, then calls one function.

Every command imports its parts only when it runs, so that ``--help`` answers at once. A failure
that a person can put right is printed as what, why and remedy; anything else is a bug and crashes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from proctor_desktop import __version__
from proctor_desktop.config import paths
from proctor_desktop.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from proctor_desktop.export.verify import Trust

INVALID_EXIT = 1
ENVIRONMENT_EXIT = 3
BUG_EXIT = 70

_Command: TypeAlias = Callable[..., None]
_FILE = click.Path(path_type=Path)
_DATA = click.option(
    "--data",
    type=_FILE,
    default=None,
    help="Folder for sessions [default: the user's data folder].",
)


def main() -> None:
    """Run the command line; environment problems become a message and exit code 3."""
    try:
        program.main(prog_name="proctor-desktop", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except EnvironmentProblem as problem:
        print(f"{problem.what}: {problem.why}.\n  {problem.remedy}", file=sys.stderr)
        sys.exit(ENVIRONMENT_EXIT)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def program() -> None:
    """Proctor Desktop: watch an exam, keep the evidence, prove it."""


def _devices(command: _Command) -> _Command:
    for option in (
        click.option("--exam", type=_FILE, required=True, help="The signed exam file."),
        click.option("--camera", default="0", help="Camera number or video file [default: 0]."),
        click.option(
            "--microphone",
            default="default",
            help='"default", a device name, a WAV file, or "none" [default: default].',
        ),
        _DATA,
        click.option("--duration", type=float, help="End the exam after so many seconds."),
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
    ):
        command = option(command)
    return command


@program.command()
@_devices
@click.option("--exam-pid", type=int, multiple=True, help="Process whose windows are the exam's.")
@click.option("--skip-preparation", is_flag=True, help="Go on without photo and calibration.")
@click.option("--stdio", is_flag=True, help="Be driven by a kiosk over standard input and output.")
def monitor(
    exam: Path,
    camera: str,
    microphone: str,
    data: Path | None,
    duration: float | None,
    candidate_name: str,
    candidate_email: str,
    institution_key: tuple[str, ...],
    no_desktop: bool,
    exam_pid: tuple[int, ...],
    skip_preparation: bool,
    stdio: bool,
) -> None:
    """Watch one session without a window of its own."""
    from proctor_desktop import app
    from proctor_desktop.config.keys import public
    from proctor_desktop.monitor.loop import StageFailed
    from proctor_desktop.monitor.stages import StageOptions

    options = app.MonitorOptions(
        exam=exam,
        data=data or paths.default_data_folder(),
        stages=StageOptions(
            camera=_camera(camera),
            microphone=_microphone(microphone),
            desktop=not no_desktop,
            exam_pids=frozenset(exam_pid),
        ),
        candidate={
            "name": candidate_name or "unnamed",
            "email": candidate_email or "unnamed@localhost",
        },
        duration_s=duration,
        kiosk=stdio,
        skip_preparation=skip_preparation,
        institution_keys=tuple(public(key) for key in institution_key),
    )
    try:
        sys.exit(app.run(options, sys.stdin, sys.stdout))
    except EnvironmentProblem as problem:
        if stdio:
            _tell_kiosk(problem)
        raise
    except StageFailed:
        sys.excepthook(*sys.exc_info())
        sys.exit(BUG_EXIT)


@program.command()
@_devices
@click.option("--unattended", is_flag=True, help="Let the window press its own buttons; recorded.")
@click.option("--screenshots", type=_FILE, help="Folder that gets a picture of every screen.")
def run(
    exam: Path,
    camera: str,
    microphone: str,
    data: Path | None,
    duration: float | None,
    candidate_name: str,
    candidate_email: str,
    institution_key: tuple[str, ...],
    no_desktop: bool,
    unattended: bool,
    screenshots: Path | None,
) -> None:
    """Sit an exam: the candidate's window."""
    from proctor_desktop.config import exam as exam_file
    from proctor_desktop.config.keys import public
    from proctor_desktop.config.program import command
    from proctor_desktop.kiosk import app as kiosk
    from proctor_desktop.kiosk.options import KioskOptions

    exam_file.load(exam, [public(key) for key in institution_key])
    words = ["monitor", "--stdio", "--exam", str(exam), "--camera", camera]
    words += ["--microphone", microphone, "--data", str(data or paths.default_data_folder())]
    words += ["--name", candidate_name, "--email", candidate_email]
    words += [word for key in institution_key for word in ("--institution-key", key)]
    words += ["--no-desktop"] if no_desktop else []
    options = KioskOptions(
        unattended=unattended,
        duration_s=duration,
        screenshots=screenshots,
        candidate_name=candidate_name,
        candidate_email=candidate_email,
    )
    sys.exit(kiosk.run(command(*words), options))


@program.command()
@click.option("--data", type=_FILE, required=True, help="Folder for database, keys and media.")
@click.option("--port", type=int, required=True, help="Port to listen on; 0 for a free one.")
@click.option("--host", default="127.0.0.1", help="Address to listen on [default: 127.0.0.1].")
@click.option("--institution-key", multiple=True, help="Accept only exams signed by this key.")
def endpoint(data: Path, port: int, host: str, institution_key: tuple[str, ...]) -> None:
    """Receive evidence: a small Django service."""
    from proctor_desktop.config.keys import public
    from proctor_desktop.endpoint.serve import serve

    serve(
        data,
        port,
        host=host,
        institution_keys=tuple(public(key) for key in institution_key),
        ready=lambda address: print(f"endpoint ready at {address}", flush=True),
    )


@program.command()
@_DATA
@click.option("--session", default="", help="Which session [default: the newest].")
@click.option("-o", "--output", type=_FILE, help="The file to write [default: beside it].")
def export(data: Path | None, session: str, output: Path | None) -> None:
    """Write a session's evidence into one file."""
    from datetime import UTC, datetime

    from proctor_desktop.export.package import write_package
    from proctor_desktop.journal.reader import Reader
    from proctor_desktop.journal.session_folder import find

    folder = find(data or paths.default_data_folder(), session)
    with Reader(folder.path) as reader:
        target = output or folder.path.with_suffix(".evidence")
        print(write_package(reader, target, datetime.now(UTC)).path)


def _trust(command: _Command) -> _Command:
    command = click.option(
        "--server-key",
        multiple=True,
        help="Endpoint key (hex or file) that you trust; receipts by others are invalid.",
    )(command)
    return click.option(
        "--institution-key",
        multiple=True,
        help="Institution key (hex or file) that you trust; exams by others are invalid.",
    )(command)


def _trusted(institution_key: tuple[str, ...], server_key: tuple[str, ...]) -> Trust:
    from proctor_desktop.config.keys import public
    from proctor_desktop.export.verify import Trust

    return Trust(
        tuple(public(key) for key in institution_key), tuple(public(key) for key in server_key)
    )


def _existing(file: Path) -> Path:
    if not file.is_file():
        raise EnvironmentProblem(str(file), "there is no such file", "Check the path.")
    return file


@program.command()
@click.argument("file", type=_FILE)
@_trust
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def verify(
    file: Path, institution_key: tuple[str, ...], server_key: tuple[str, ...], as_json: bool
) -> None:
    """Tell whether an evidence file is whole and genuine (exit 0, 2 with gaps, 1 if not)."""
    import json

    from proctor_desktop.export.verify import verify as check

    verdict = check(_existing(file), _trusted(institution_key, server_key))
    if as_json:
        print(json.dumps(verdict.to_json(), indent=2, ensure_ascii=False))
    else:
        print("\n".join(verdict.lines()))
        if verdict.exit_code == INVALID_EXIT:
            print("Do not rely on this file. Get it again from the candidate or the endpoint.")
    sys.exit(verdict.exit_code)


@program.command()
@click.argument("file", type=_FILE)
@_trust
@click.option("-o", "--output", type=_FILE, help="HTML file [default: FILE with .html].")
@click.option("--csv", "csv_file", type=_FILE, help="Write the violations as CSV, too.")
def report(
    file: Path,
    institution_key: tuple[str, ...],
    server_key: tuple[str, ...],
    output: Path | None,
    csv_file: Path | None,
) -> None:
    """Make a report that a person can read."""
    from proctor_desktop.export.report import report_from_package

    made = report_from_package(_existing(file), _trusted(institution_key, server_key))
    target = output or file.with_suffix(".html")
    _write(target, made.html())
    print(target)
    if csv_file is not None:
        _write(csv_file, made.csv())
        print(csv_file)
    if made.verdict.exit_code == INVALID_EXIT:
        print("\n".join(made.verdict.lines()), file=sys.stderr)
        sys.exit(INVALID_EXIT)


@program.command()
@click.argument("file", type=_FILE)
@_trust
def replay(file: Path, institution_key: tuple[str, ...], server_key: tuple[str, ...]) -> None:
    """Show that an evidence file's violations follow from its observations."""
    from proctor_desktop.export.replay import replay as play

    result = play(_existing(file), _trusted(institution_key, server_key))
    print(
        f"{result.verdict.outcome.value}: {result.events} events, {len(result.recorded)} recorded"
    )
    for line in result.differences():
        print(line)
    if result.verdict.exit_code == INVALID_EXIT:
        print("\n".join(result.verdict.lines()))
        sys.exit(INVALID_EXIT)
    print("the same violations" if result.same else "NOT the same violations")
    sys.exit(0 if result.same else 1)


@program.command()
@_DATA
def upload(data: Path | None) -> None:
    """Send what is still waiting to the endpoint."""
    from proctor_desktop.app import NOT_DELIVERED
    from proctor_desktop.monitor.late_delivery import send_all

    waiting = send_all(data or paths.default_data_folder(), print)
    sys.exit(NOT_DELIVERED if waiting else 0)


@program.group()
def weights() -> None:
    """The model files: get them, check them, list them."""


@weights.command("sync")
def weights_sync() -> None:
    """Get what is missing from its source and check what is there."""
    from proctor_desktop.weights.sync import sync

    sync(paths.weights_store(), print)


@weights.command("verify")
def weights_verify() -> None:
    """Check every model file against its hash (exit 1 if one is missing or wrong)."""
    from proctor_desktop.weights.installed import first_unacceptable
    from proctor_desktop.weights.sync import listing
    from proctor_desktop.weights.sync import verify as check

    print("\n".join(listing()))
    sys.exit(1 if first_unacceptable(check()) else 0)


@weights.command("list")
def weights_list() -> None:
    """Say which model files there are and what is lost without each."""
    from proctor_desktop.weights.sync import listing

    print("\n".join(listing()))


@program.group()
def keys() -> None:
    """Signing keys of institutions."""


@keys.command("new")
@click.argument("file", type=_FILE)
def keys_new(file: Path) -> None:
    """Make a key pair: FILE (keep it secret) and its public half beside it as .pub."""
    from proctor_desktop.config.keys import create

    print(create(file))


@program.group()
def exam() -> None:
    """Exam files: sign and look at them."""


@exam.command("sign")
@click.argument("draft", type=_FILE)
@click.option("--key", type=_FILE, required=True, help="The institution's private key.")
@click.option("-o", "--output", type=_FILE, required=True, help="The exam file to write.")
def exam_sign(draft: Path, key: Path, output: Path) -> None:
    """Check a draft (JSON) and sign it."""
    from proctor_desktop.config import exam as exam_file
    from proctor_desktop.config.keys import load_private

    output_bytes = exam_file.sign_draft(draft, load_private(key))
    _write(output, output_bytes.decode("ascii"))
    print(output)


@exam.command("show")
@click.argument("file", type=_FILE)
def exam_show(file: Path) -> None:
    """Say what an exam file holds and who signed it."""
    from proctor_desktop.config import exam as exam_file

    signed = exam_file.load(file)
    print(f"signed by {signed.signer}")
    print(exam_file.dump_draft(signed.exam))


@program.command()
@_DATA
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def doctor(data: Path | None, as_json: bool) -> None:
    """Say what works on this computer, what does not, and how to mend it."""
    import json

    from proctor_desktop import doctor as examination

    findings = examination.examine(data or paths.default_data_folder())
    if as_json:
        print(json.dumps(examination.to_json(findings), indent=2, ensure_ascii=False))
    else:
        print(examination.render(findings))
    sys.exit(examination.exit_code(findings))


@program.command()
def selftest() -> None:
    """Run every part of the program once, for real."""
    from proctor_desktop.selftest import run as run_selftest

    sys.exit(run_selftest(print))


@program.command()
@click.option("--camera", default=None, help="A real camera instead of the rendered candidate.")
@click.option("--microphone", default=None, help="A real microphone instead of the made sound.")
@click.option("--output", type=_FILE, default=Path("demo-output"), help="Folder for what it makes.")
def demo(camera: str | None, microphone: str | None, output: Path) -> None:
    """Show the main job from camera to verified export, on a rendered candidate."""
    from proctor_desktop.demo.run import run as run_demo

    sys.exit(run_demo(output, camera, microphone, print))


def _camera(text: str) -> int | Path:
    return int(text) if text.isdigit() else Path(text)


def _microphone(text: str) -> str | Path | None:
    if text == "none":
        return None
    path = Path(text)
    return path if path.suffix.lower() == ".wav" or path.is_file() else text


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as problem:
        raise EnvironmentProblem(
            str(path), f"it cannot be written ({problem.strerror})", "Choose another place with -o."
        ) from problem


def _tell_kiosk(problem: EnvironmentProblem) -> None:
    from proctor_desktop.wire import stdio

    trouble = stdio.Trouble(problem.what, problem.why, problem.remedy, fatal=True)
    print(stdio.to_line(trouble), flush=True)
