import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PROGRAM = """
import itertools, json, os, pathlib, sys
os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"] = "/site-packages/cv2/qt/plugins"
from proctor_desktop.kiosk.app import run
from proctor_desktop.kiosk.options import KioskOptions
clock = itertools.count()
options = KioskOptions(unattended=True, duration_s=5.0, screenshots=pathlib.Path(sys.argv[1]))
sys.exit(run(json.loads(sys.argv[2]), options, clock=lambda: float(next(clock))))
"""


def start(tmp_path: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", PROGRAM, str(tmp_path / "shots"), json.dumps(command)]
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=60)


def test_an_unattended_run_ends_with_code_0_and_tells_monitor_whose_windows_are_the_exams(
    tmp_path: Path, fake_monitor: Callable[..., list[str]]
) -> None:
    done = start(tmp_path, fake_monitor())
    said = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert (done.returncode, said) == (0, [])
    assert int((tmp_path / "monitor" / "exam_pid").read_text()) > 0


def test_a_run_that_something_stopped_ends_with_code_1(
    tmp_path: Path, fake_monitor: Callable[..., list[str]]
) -> None:
    done = start(tmp_path, fake_monitor("mute"))
    assert done.returncode == 1
    assert "monitor: RuntimeError: no words" in done.stderr
