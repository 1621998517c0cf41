"""The real server as its own process on a free loopback port."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_COMMAND = """
import sys
from pathlib import Path
from proctor_desktop.endpoint.serve import serve
serve(Path(sys.argv[1]), int(sys.argv[2]), ready=lambda address: print(address, flush=True))
"""
_CHECKOUT = Path(__file__).resolve().parents[3]


@dataclass
class Server:
    """A data folder and the process that serves it."""

    data: Path
    log: Path
    process: subprocess.Popen[str] | None = None
    address: str = ""

    def start(self, port: int = 0) -> str:
        """Start and wait until it answers; its address."""
        environment = {**os.environ, "PYTHONPATH": str(_CHECKOUT), "PYTHONWARNINGS": "error"}
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _COMMAND, str(self.data), str(port)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        return self.address

    def stop(self, number: int) -> int:
        """Send a signal; the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        status = self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return status


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that is not started yet; killed at the end if it still runs."""
    found = Server(tmp_path / "endpoint", tmp_path / "endpoint.log")
    yield found
    if found.process is not None:
        found.stop(9)
