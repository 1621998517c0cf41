"""Nothing but evidence leaves the candidate's computer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.onnx_privacy import OPT_OUT, forbid_telemetry

LOAD = """
import sys
from pathlib import Path
from proctor_desktop.{part} import {name} as open_it
try:
    open_it(Path(sys.argv[1]))
except Exception as problem:
    print(type(problem).__name__)
assert "onnxruntime" in sys.modules
"""


def test_whoever_said_otherwise_is_overruled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OPT_OUT, "0")
    forbid_telemetry()
    assert os.environ[OPT_OUT] == "1"


@pytest.mark.parametrize(
    ("part", "name"), [("vision.onnx", "open_model"), ("sound.speech", "SpeechDetector")]
)
def test_opening_a_model_leaves_no_trace_of_telemetry(part: str, name: str, tmp_path: Path) -> None:
    """The library keeps the session of its reports in the folder for temporary files."""
    try:
        model = resource("weights", "silero_vad_16k.onnx")
    except EnvironmentProblem:
        model = tmp_path / "no model"  # the library is loaded all the same
    temporary, home = tmp_path / "temporary", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != OPT_OUT}
    environment |= {"TMPDIR": str(temporary), "HOME": str(home), "XDG_CACHE_HOME": str(home)}
    code = LOAD.format(part=part, name=name)
    subprocess.run([sys.executable, "-c", code, str(model)], env=environment, check=True)
    assert list(temporary.iterdir()) == []
    assert list(home.iterdir()) == []
