"""``proctor-desktop demo``: the main job, from a camera picture to a verified export."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from proctor_desktop.config import keys
from proctor_desktop.config.keys import Purpose
from proctor_desktop.config.program import command
from proctor_desktop.core.chain import decode
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.demo.camera_file import write_camera_file
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.display import virtual_display
from proctor_desktop.demo.outcome import Session, camera_began_ns, faults, look
from proctor_desktop.demo.script import Script, scripted_session
from proctor_desktop.demo.stage import Endpoint, FocusThief, running_endpoint, signed_exam
from proctor_desktop.demo.voice import write_voice_file
from proctor_desktop.export.opening import verify_opened
from proctor_desktop.export.replay import replay
from proctor_desktop.export.report import report_from_package
from proctor_desktop.export.verify import Outcome, Trust
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.reader import Reader
from proctor_desktop.weights.sync import require
from proctor_desktop.wire.fingerprint import fingerprint

PREPARATION_S = 6.0
"""The least that notice, photo and calibration take before the exam's own clock starts."""

REAL_DEVICES_S = 60.0
_POLL_S = 0.1
_HOLDERS = ("sealing", "escrow")
"""Who can open the demo's evidence: the institution, and somebody who keeps a key for it."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Files:
    """What one demo writes, all in one folder."""

    folder: Path

    @property
    def sessions(self) -> Path:
        return self.folder / "sessions"

    def named(self, name: str) -> Path:
        return self.folder / name


def run(output: Path, camera: str | None, microphone: str | None, say: Say) -> int:
    """Run the demo into a new folder under ``output``; 0 if all is as scripted, else 1.

    With a real camera or microphone nothing is scripted, and only delivery and export are checked.
    """
    files = _Files(output / datetime.now().strftime("%Y%m%d-%H%M%S"))
    _make(files.folder)
    script = None if camera or microphone else scripted_session()
    say(f"everything goes into {files.folder}")
    if script is not None:
        _render(script, files, say)
    with ExitStack() as stack:
        display = stack.enter_context(_display(say))
        institution = keys.create(files.named("institution.key"))
        endpoint = stack.enter_context(
            running_endpoint(files.named("endpoint"), institution, files.named("endpoint.log"))
        )
        say(f"endpoint at {endpoint.address}")
        seal_to = [keys.create(files.named(f"{who}.key"), Purpose.SEALING) for who in _HOLDERS]
        names = " and ".join(
            f"{who} {fingerprint(key)}" for who, key in zip(_HOLDERS, seal_to, strict=True)
        )
        say(f"stills, clips and video are sealed to {names}")
        exam = signed_exam(files.folder, endpoint.address, files.named("institution.key"), seal_to)
        _sit(files, exam, script, display, camera, microphone, say)
        return _judge(files, endpoint, institution, script, say)


def _render(script: Script, files: _Files, say: Say) -> None:
    say(f"rendering the candidate's camera and microphone ({script.duration_s:.0f} s)")
    candidate = Candidate.from_portrait(require("demo_portrait"), require("face_landmarker"))
    write_camera_file(script, candidate, files.named("camera.mp4"))
    write_voice_file(script, files.named("microphone.wav"))


@contextmanager
def _display(say: Say) -> Iterator[str]:
    """The display that is there, or a virtual one."""
    there = os.environ.get("DISPLAY")
    if there:
        yield there
        return
    with virtual_display() as name:
        say(f"no display here: using a virtual one ({name})")
        yield name


def _sit(
    files: _Files,
    exam: Path,
    script: Script | None,
    display: str,
    camera: str | None,
    microphone: str | None,
    say: Say,
) -> None:
    """The candidate's window, with the monitor behind it, until the session is over."""
    exam_s = script.events_end_s - PREPARATION_S if script else REAL_DEVICES_S
    words = [
        *("run", "--unattended", "--exam", str(exam), "--data", str(files.sessions)),
        *("--camera", camera or str(files.named("camera.mp4"))),
        *("--microphone", microphone or str(files.named("microphone.wav"))),
        *("--duration", f"{exam_s:g}", "--screenshots", str(files.named("screens"))),
        *("--name", "Demo Candidate", "--email", "demo@example.edu"),
        *("--institution-key", str(files.named("institution.pub"))),
    ]
    say(f"the session runs for about {exam_s + PREPARATION_S:.0f} s; its log is in kiosk.log")
    thief = FocusThief(script.focus_away, display) if script else None
    environment = {
        **os.environ,
        "DISPLAY": display,
        "XDG_SESSION_TYPE": "x11",
        "QT_QPA_PLATFORM": "xcb",
    }
    environment.pop("WAYLAND_DISPLAY", None)
    with files.named("kiosk.log").open("wb") as log:
        kiosk = subprocess.Popen(command(*words), env=environment, stdout=log, stderr=log)
    try:
        _follow(kiosk, files.sessions, thief)
    finally:
        if thief is not None:
            thief.stop()
        if kiosk.poll() is None:
            kiosk.terminate()
            kiosk.wait()
    if kiosk.returncode:
        raise EnvironmentProblem(
            "demo",
            f"the candidate's window ended with code {kiosk.returncode}",
            f"See {files.named('kiosk.log')} for the reason.",
        )


def _follow(kiosk: subprocess.Popen[bytes], sessions: Path, thief: FocusThief | None) -> None:
    """Wait for the window to close; start the thief's clock with the camera's first picture."""
    began_ns = None
    while kiosk.poll() is None:
        if thief is not None and began_ns is None:
            began_ns = _camera_began_ns(sessions)
            if began_ns is not None:
                thief.begin(began_ns)
        time.sleep(_POLL_S)


def _camera_began_ns(sessions: Path) -> int | None:
    folders = session_folder.existing(sessions)
    if not folders:
        return None
    with Reader(folders[-1].path) as reader:
        return camera_began_ns(decode(raw) for raw in reader.records_of(["source"]))


def _judge(
    files: _Files, endpoint: Endpoint, institution: str, script: Script | None, say: Say
) -> int:
    folder = session_folder.find(files.sessions)
    session = look(folder.path, endpoint.address)
    package = folder.path.with_suffix(".evidence")
    trust = Trust((institution,), (endpoint.server_key,))
    say("")
    _table(session, say)
    detail = session.detail
    say(f"server: score {detail['score']:g}, risk {detail['risk']}, flagged {detail['flagged']}")
    say(f"server holds {len(session.on_server)} records, the journal {len(session.records)}")
    say(f"export: {package} ({package.stat().st_size / 1e6:.1f} MB)")
    sealing_key = keys.load_sealing(files.named("sealing.key"))
    verdict, opening = verify_opened(package, trust, [sealing_key])
    say(f"verify: {verdict.outcome.value}")
    for line in (*verdict.lines()[1:], *opening.lines()):
        say(f"  {line}")
    played = replay(package, trust)
    say(f"replay: {'the same violations' if played.same else 'NOT the same violations'}")
    report = files.named("report.html")
    report.write_text(report_from_package(package, trust, [sealing_key]).html(), "utf-8")
    say(f"report: {report}")
    wrong = faults(script, session) if script else []
    wrong += [] if verdict.outcome is Outcome.VALID else ["the export is not VALID"]
    wrong += [f"a seal does not hold: {one}" for one in opening.problems]
    wrong += [] if opening.compared or not script else ["nothing was sealed"]
    wrong += [] if played.same else ["the replay gives other violations"]
    for line in wrong:
        say(f"NOT AS SCRIPTED: {line}")
    say("all as scripted" if script and not wrong else "done" if not wrong else "failed")
    return 1 if wrong else 0


def _table(session: Session, say: Say) -> None:
    say(
        f"{'rule':<18} {'start':>7} {'duration':>9} {'measured':>14} {'confidence':>10} "
        f"{'still':>5} {'uploaded':>8}"
    )
    for one in session.violations:
        say(
            f"{one.rule:<18} {one.start_s:>5.1f} s {one.duration_s:>7.1f} s "
            f"{f'{one.measured:.1f} {one.unit}':>14} {one.confidence:>10.2f} "
            f"{'yes' if one.has_still else '-':>5} {'yes' if one.uploaded else 'NO':>8}"
        )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True)
    except OSError as problem:
        raise EnvironmentProblem(
            str(folder),
            f"the folder cannot be made ({problem.strerror})",
            "Choose another one with --output.",
        ) from problem
