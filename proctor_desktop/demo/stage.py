"""What the demo needs around the program: exam, endpoint, a window that takes the focus."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from proctor_desktop.config import exam as exam_file
from proctor_desktop.config import keys
from proctor_desktop.config.program import command
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.demo.script import Span

_STOP_S = 15.0
_NOTICE = (
    "During this exam your camera is analysed on this computer to see whether one face looks "
    "at the screen. Your microphone is measured for silence, not recorded. Your screen is "
    "recorded.\n\n"
    "When a rule of the exam is met, a camera picture is kept and sent to the institution. It is "
    "sealed before it is written: only people whom the institution names can open it. A person "
    "decides; the program does not.\n\n"
    "You may leave now; nothing has been recorded yet."
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A running endpoint and the public key that it signs receipts with."""

    address: str
    server_key: str


@contextmanager
def running_endpoint(data: Path, institution_key: str, log: Path) -> Iterator[Endpoint]:
    """A real endpoint on a free loopback port, in a process of its own."""
    words = ["endpoint", "--data", str(data), "--port", "0", "--institution-key", institution_key]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command(*words), stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if "ready at" not in line:
            raise EnvironmentProblem("endpoint", "it did not start", f"See {log} for the reason.")
        key = (data / "server.pub").read_text("ascii").strip()
        yield Endpoint(line.rsplit(" ", 1)[1].strip(), key)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def signed_exam(folder: Path, endpoint: str, private_key: Path, seal_to: Sequence[str]) -> Path:
    """The demo's exam file: an interview, so that a long silence counts.

    What is kept is sealed to the keys ``seal_to`` (hex). Its calibration leaves out the screen's
    corners: the rendered candidate has no eyes to move.
    """
    body = {
        "id": "demo",
        "title": "Interview practice",
        "institution": "Example University",
        "endpoint": endpoint,
        "notice": _NOTICE,
        "seal_to": list(seal_to),
        "policy": {"preset": "interview", "calibration": {"gaze": False}},
    }
    path = folder / "demo.exam"
    exam = exam_file.parse(body, "the demo's exam")
    path.write_bytes(exam_file.sign(exam, keys.load_private(private_key)))
    return path


class FocusThief:
    """Opens a small window of another program for a while, as a candidate's notes might be.

    ``began_ns`` (monotonic) is time 0 of the script and known only once the camera delivers.
    """

    def __init__(self, away: Span, display: str) -> None:
        self._away = away
        self._display = display
        self._begin = threading.Event()
        self._stop = threading.Event()
        self._began_ns = 0
        self._thread = threading.Thread(target=self._run, name="focus-thief")
        self._thread.start()

    def begin(self, began_ns: int) -> None:
        """Start the clock."""
        self._began_ns = began_ns
        self._begin.set()

    def stop(self) -> None:
        """Close the window if it is open, and end."""
        self._stop.set()
        self._begin.set()
        self._thread.join()

    def _run(self) -> None:
        self._begin.wait()
        waited_s = (time.monotonic_ns() - self._began_ns) / NS_PER_S
        if self._stop.wait(max(0.0, self._away.start_s - waited_s)):
            return
        words = [_other_program(), "-center", "-title", "Notes", "Some notes of the candidate's."]
        with subprocess.Popen([*words, "-display", self._display]) as window:
            self._stop.wait(self._away.duration_s)
            window.terminate()


def _other_program() -> str:
    path = shutil.which("xmessage")
    if path is None:
        raise EnvironmentProblem(
            "xmessage", "it is not installed", "Run packaging/setup.sh (package x11-utils)."
        )
    return path
