"""A real endpoint as a child process, for as long as it is needed."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from proctor_desktop.config.program import command
from proctor_desktop.selftest.steps import StepFailed

START_LIMIT_S = 60.0
STOP_LIMIT_S = 10.0
READY = "endpoint ready at "
_POLL_S = 0.05
_LAST_LINES = 5


@contextmanager
def endpoint(data: Path, log: Path, institution_key: str) -> Iterator[str]:
    """Start the endpoint on a free loopback port and give its address; stop it at the end.

    What it prints goes to ``log``. Raises StepFailed with its last words if it does not get ready.
    """
    words = ["--data", str(data), "--port", "0", "--institution-key", institution_key]
    with started(command("endpoint", *words), log, START_LIMIT_S) as address:
        yield address


@contextmanager
def started(words: Sequence[str], log: Path, limit_s: float) -> Iterator[str]:
    """Run a server until the block ends; gives the address that it says it is ready at."""
    with log.open("wb") as output:
        process = _spawned(words, output)
    try:
        yield _address(process, log, limit_s)
    finally:
        _ended(process)


def _spawned(words: Sequence[str], output: BinaryIO) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            list(words), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    except OSError as problem:
        raise StepFailed(f"{words[0]} cannot be started ({problem.strerror})") from problem


def _address(process: subprocess.Popen[bytes], log: Path, limit_s: float) -> str:
    deadline_s = time.monotonic() + limit_s
    while time.monotonic() < deadline_s:
        over = process.poll() is not None
        if (address := ready_address(log.read_text("utf-8", errors="replace"))) is not None:
            return address
        if over:
            raise StepFailed(f"it ended with code {process.returncode}. {_last_words(log)}")
        time.sleep(_POLL_S)
    raise StepFailed(f"it was not ready after {limit_s:g} s. {_last_words(log)}")


def ready_address(output: str) -> str | None:
    """The address that a server says it is ready at, once its line is complete."""
    for line in output.splitlines(keepends=True):
        if line.startswith(READY) and line.endswith("\n"):
            return line.removeprefix(READY).strip()
    return None


def _last_words(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()
    return f"Its last words: {' / '.join(lines[-_LAST_LINES:])}" if lines else "It said nothing."


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
