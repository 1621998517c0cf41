from __future__ import annotations

from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.vision.onnx import open_model

YUNET = "face_detection_yunet_2023mar.onnx"


def test_a_file_is_opened(shared: Path) -> None:
    assert open_model(shared / "weights" / YUNET).get_inputs()[0].name == "input"


def test_adapted_content_is_opened_in_place_of_the_file(shared: Path) -> None:
    content = (shared / "weights" / YUNET).read_bytes()
    assert open_model(Path("named.onnx"), content).get_inputs()[0].name == "input"


def test_a_bad_model_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"objects\.onnx: .*weights sync"):
        open_model(tmp_path / "objects.onnx")
