from __future__ import annotations

import subprocess
import sys

import pytest

from proctor_desktop import __version__
from proctor_desktop.config.program import command, is_frozen


def test_the_command_runs_this_program() -> None:
    answer = subprocess.run(command("--version"), capture_output=True, text=True, check=True)
    assert __version__ in answer.stdout


def test_a_frozen_build_is_its_own_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert is_frozen()
    assert command("monitor", "--stdio") == [sys.executable, "monitor", "--stdio"]


def test_elsewhere_the_running_interpreter_is_used() -> None:
    assert not is_frozen()
    assert command("doctor") == [sys.executable, "-m", "proctor_desktop", "doctor"]
