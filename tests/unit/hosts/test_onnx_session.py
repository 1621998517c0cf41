"""Nothing but evidence leaves the candidate's computer, and the exam keeps its processor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.onnx_session import OPT_OUT, importing_onnxruntime, open_session

YUNET = "face_detection_yunet_2023mar.onnx"
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


def session(model: Path, content: bytes | None = None) -> Any:
    with importing_onnxruntime():
        import onnxruntime  # noqa: PLC0415 - the library reads its setting as it is loaded
    return open_session(onnxruntime, model, content)


def test_whoever_said_otherwise_is_overruled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OPT_OUT, "0")
    with importing_onnxruntime():
        assert os.environ[OPT_OUT] == "1"
    assert os.environ[OPT_OUT] == "1"


@pytest.mark.parametrize("problem", [ImportError("no such module"), OSError("no such library")])
def test_a_library_that_cannot_be_loaded_is_named_with_its_remedy(problem: Exception) -> None:
    with (
        pytest.raises(EnvironmentProblem, match=r"onnxruntime: .*no such .*Install"),
        importing_onnxruntime(),
    ):
        raise problem


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


def test_a_model_runs_on_one_thread_of_the_processor(shared: Path) -> None:
    opened = session(shared / "weights" / YUNET)
    options = opened.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert opened.get_providers() == ["CPUExecutionProvider"]


@pytest.mark.parametrize("often", [False, True])
def test_only_a_model_that_is_run_often_keeps_its_memory(shared: Path, often: bool) -> None:
    with importing_onnxruntime():
        import onnxruntime  # noqa: PLC0415 - the library reads its setting as it is loaded
    opened = open_session(onnxruntime, shared / "weights" / YUNET, often=often)
    assert opened.get_session_options().enable_cpu_mem_arena is often


@pytest.mark.parametrize("content", [None, b"", b"no model"])
def test_a_bad_model_is_named_with_its_remedy(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "objects.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EnvironmentProblem, match=r"objects\.onnx: .*weights sync"):
        session(path)


def test_adapted_content_that_is_no_model_is_named_too(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"faces\.onnx: .*weights sync"):
        session(tmp_path / "faces.onnx", b"no model")
