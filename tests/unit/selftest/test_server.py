from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from proctor_desktop.selftest.server import started
from proctor_desktop.selftest.steps import StepFailed

_SERVER = """
import os, pathlib, sys, time
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
print("a warning", flush=True)
print("endpoint ready at http://127.0.0.1:9", flush=True)
time.sleep(600)
"""


def _python(source: str, *words: str) -> list[str]:
    return [sys.executable, "-c", source, *words]


def _assert_gone(file: Path) -> None:
    with pytest.raises(ProcessLookupError):
        os.kill(int(file.read_text()), 0)


def test_a_server_is_there_in_the_block_and_gone_after_it(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with started(_python(_SERVER, str(file)), 30.0) as address:
        assert address == "http://127.0.0.1:9"
        os.kill(int(file.read_text()), 0)
    _assert_gone(file)


def test_a_server_is_ended_when_the_block_fails(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with pytest.raises(KeyboardInterrupt), started(_python(_SERVER, str(file)), 30.0):
        raise KeyboardInterrupt
    _assert_gone(file)


def test_a_server_that_talks_a_lot_is_never_kept_waiting() -> None:
    source = "print('endpoint ready at http://[::1]:9'); print('x' * 1_000_000)"
    with started(_python(source), 30.0) as address:
        assert address == "http://[::1]:9"


def test_a_server_that_ends_at_once_is_told_with_its_last_words() -> None:
    source = "import sys; print('port 80 on 127.0.0.1: no'); sys.exit(3)"
    with (
        pytest.raises(StepFailed, match=r"code 3.*port 80 on 127\.0\.0\.1: no"),
        started(_python(source), 30.0),
    ):
        pytest.fail("it cannot be ready")


def test_a_server_that_never_gets_ready_is_given_up() -> None:
    source = "import time; time.sleep(600)"
    with (
        pytest.raises(StepFailed, match=r"not ready.*said nothing"),
        started(_python(source), 0.01),
    ):
        pytest.fail("it cannot be ready")


def test_a_program_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(StepFailed, match="cannot be started"),
        started([str(tmp_path / "nothing")], 1.0),
    ):
        pytest.fail("it cannot be ready")
