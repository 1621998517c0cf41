"""A PulseAudio server of the test's own whose microphone plays what the test gives it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_SINK = "microphone"
_PROMPTLY = "norewinds=1"  # at first a null sink hands on two seconds at a time otherwise
_STARTS_WITHIN_S = 15.0


@dataclass(frozen=True)
class SoundServer:
    """``environment`` leads programs to it; the rest is what can happen to its microphone."""

    environment: dict[str, str]

    def play(self, wav: Path) -> None:
        """Play a file to its end."""
        words = ["paplay", f"--device={_SINK}", str(wav)]
        subprocess.run(words, check=True, env={**os.environ, **self.environment})

    @contextmanager
    def playing(self, wav: Path) -> Iterator[None]:
        """Play a file for as long as the block lasts, the microphone being there or not."""
        player = subprocess.Popen(
            ["/usr/bin/env", "paplay", f"--device={_SINK}", str(wav)],
            env={**os.environ, **self.environment},
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            player.kill()
            player.wait(5)

    def mute(self, on: bool) -> None:
        """Mute the microphone as a candidate would, or undo it."""
        self.control("set-source-mute", f"{_SINK}.monitor", "1" if on else "0")

    def unplug(self) -> None:
        """Take the microphone away."""
        modules = self.control("list", "short", "modules").splitlines()
        number = next(line.split("\t")[0] for line in modules if "module-null-sink" in line)
        self.control("unload-module", number)

    def plug_in(self) -> None:
        """Bring the microphone back."""
        self.control("load-module", "module-null-sink", f"sink_name={_SINK}", _PROMPTLY)

    def control(self, *words: str) -> str:
        """What ``pactl`` says to these words."""
        done = subprocess.run(
            ["/usr/bin/env", "pactl", *words],
            env={**os.environ, **self.environment},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()


@contextmanager
def sound_server(folder: Path) -> Iterator[SoundServer]:
    """Run a server without hardware; skips the test where PulseAudio is not installed."""
    for program in ("pulseaudio", "pactl", "paplay"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    folder.mkdir(mode=0o700)
    environment = {
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_RUNTIME_PATH": str(folder),
        "PULSE_SERVER": f"unix:{folder}/native",
        "HOME": str(folder),
    }
    server = subprocess.Popen(
        [
            *("pulseaudio", "-n", "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no"),
            *("-L", f"module-native-protocol-unix socket={folder}/native auth-anonymous=1"),
            *("-L", f"module-null-sink sink_name={_SINK} {_PROMPTLY}"),
        ],
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(["pactl", "set-default-source", f"{_SINK}.monitor"], environment)
        yield SoundServer(environment)
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(words: list[str], environment: dict[str, str]) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while True:
        done = subprocess.run(
            words, env={**os.environ, **environment}, capture_output=True, check=False
        )
        if done.returncode == 0:
            return
        assert time.monotonic() < deadline, f"PulseAudio did not start: {done.stderr!r}"
        time.sleep(0.1)
