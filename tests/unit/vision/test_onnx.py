from __future__ import annotations

from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.vision.onnx import open_model

YUNET = "face_detection_yunet_2023mar.onnx"


def test_a_model_runs_on_one_thread_of_the_processor(shared: Path) -> None:
    session = open_model(shared / "weights" / YUNET)
    options = session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert session.get_providers() == ["CPUExecutionProvider"]


def test_adapted_content_is_opened_in_place_of_the_file(shared: Path) -> None:
    content = (shared / "weights" / YUNET).read_bytes()
    assert open_model(Path("named.onnx"), content).get_inputs()[0].name == "input"


@pytest.mark.parametrize("content", [None, b"", b"no model"])
def test_a_bad_model_is_named_with_its_remedy(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "objects.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EnvironmentProblem, match=r"objects\.onnx: .*weights sync"):
        open_model(path)


def test_adapted_content_that_is_no_model_is_named_too(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"faces\.onnx: .*weights sync"):
        open_model(tmp_path / "faces.onnx", b"no model")
