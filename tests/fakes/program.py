"""The real program as child processes: an endpoint on loopback, a monitor on a video."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from proctor_desktop.config.program import command

STARTS_WITHIN_S = 60.0


@dataclass(frozen=True)
class RunningEndpoint:
    """A real endpoint that answers at ``address``; its files are in ``data``."""

    address: str
    data: Path
    process: subprocess.Popen[str]

    @property
    def server_key(self) -> str:
        """The key that it signs receipts with."""
        return (self.data / "server.pub").read_text().strip()


@contextmanager
def running_endpoint(data: Path, port: int = 0, *keys: str) -> Iterator[RunningEndpoint]:
    """Start ``proctor-desktop endpoint``, wait until it answers, and stop it at the end."""
    words = ["endpoint", "--data", str(data), "--port", str(port)]
    words += [word for key in keys for word in ("--institution-key", key)]
    process = subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if "ready at" not in line:
            process.kill()
            raise AssertionError(f"the endpoint did not start: {process.communicate()}")
        yield RunningEndpoint(line.rsplit(" ", 1)[1].strip(), data, process)
    finally:
        stop(process)


def monitor_words(exam: Path, camera: Path, microphone: Path, data: Path) -> list[str]:
    """The words that run a monitor on files, without a desktop."""
    return [
        *("monitor", "--exam", str(exam), "--camera", str(camera)),
        *("--microphone", str(microphone), "--data", str(data), "--no-desktop"),
    ]


def start(
    words: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start the program with its output in ``log``; ``environment`` is added to ours."""
    with log.open("ab") as file:
        return subprocess.Popen(
            command(*words),
            stdout=file,
            stderr=file,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )


def run(*words: str, timeout_s: float = 120.0, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    return subprocess.run(
        command(*words),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **env},
    )


def stop(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """End a process in order, or with force when it will not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr, process.stdin):
        if pipe is not None:
            pipe.close()


def wait_until(condition: object, timeout_s: float, what: str) -> None:
    """Wait for ``condition()`` to hold; fails the test with ``what`` when it does not in time."""
    assert callable(condition)
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout_s} s in vain: {what}")
        time.sleep(0.02)
