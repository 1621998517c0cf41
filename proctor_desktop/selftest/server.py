"""A real endpoint as a child process, for as long as it is needed."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from proctor_desktop.config.program import command
from proctor_desktop.selftest.steps import StepFailed

START_LIMIT_S = 60.0
STOP_LIMIT_S = 10.0
READY = "endpoint ready at "
_LAST_LINES = 5


@contextmanager
def endpoint(data: Path, institution_key: str) -> Iterator[str]:
    """Start the endpoint on a free loopback port and give its address; stop it at the end.

    Raises StepFailed with its last words if it does not get ready.
    """
    words = ["--data", str(data), "--port", "0", "--institution-key", institution_key]
    with started(command("endpoint", *words), START_LIMIT_S) as address:
        yield address


@contextmanager
def started(words: Sequence[str], limit_s: float) -> Iterator[str]:
    """Run a server until the block ends; gives the address that it says it is ready at."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    with _spawned(words) as process:
        reader = threading.Thread(target=_read, args=(process.stdout, lines), name="server output")
        reader.start()
        try:
            yield _address(process, lines, limit_s)
        finally:
            _end(process)
            reader.join()


def _spawned(words: Sequence[str]) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as problem:
        raise StepFailed(f"{words[0]} cannot be started ({problem.strerror})") from problem


def _read(output: IO[str] | None, lines: queue.SimpleQueue[str | None]) -> None:
    """Take what the server says as long as it lives, so that it never waits for a reader.

    The lines stay in memory: a full disk may be just what it complains about.
    """
    for line in output or ():
        lines.put(line.strip())
    lines.put(None)


def _address(
    process: subprocess.Popen[str], lines: queue.SimpleQueue[str | None], limit_s: float
) -> str:
    heard: deque[str] = deque(maxlen=_LAST_LINES)
    deadline_s = time.monotonic() + limit_s
    while (left_s := deadline_s - time.monotonic()) > 0:
        try:
            line = lines.get(timeout=left_s)
        except queue.Empty:
            break
        if line is None:
            raise StepFailed(f"it ended with code {process.wait()}. {_last_words(heard)}")
        if line.startswith(READY):
            return line.removeprefix(READY)
        heard.append(line)
    raise StepFailed(f"it was not ready after {limit_s:g} s. {_last_words(heard)}")


def _last_words(heard: Sequence[str]) -> str:
    return f"Its last words: {' / '.join(heard)}" if heard else "It said nothing."


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
