"""From model files to models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.vision.landmarker import VideoLandmarker
from proctor_desktop.vision.loading import load_models
from proctor_desktop.vision.models import ModelFiles
from proctor_desktop.vision.sight import RgbImage
from tests.fakes.faces import FakeDetector, FakeLandmarker, mesh
from tests.fakes.models import FakeModels

PICTURE: RgbImage = np.zeros((480, 640, 3), np.uint8)
OPTIONAL = ("faces", "objects", "identity", "liveness")


def needed(name: str) -> Path:
    """A model that comes with the installation; skips where it has not been synced."""
    try:
        return resource("weights", name)
    except EnvironmentProblem as problem:
        pytest.skip(f"run 'proctor-desktop weights sync' first: {problem}")


@pytest.fixture
def least() -> ModelFiles:
    """The files without which there is no analysis at all."""
    return ModelFiles(
        landmarker=needed("face_landmarker.task"),
        faces_far=needed("face_detection_full_range_sparse.tflite"),
    )


def everything(least: ModelFiles, weights: Path) -> ModelFiles:
    return replace(
        least,
        faces=weights / "face_detection_yunet_2023mar.onnx",
        objects=weights / "yolox_nano.onnx",
        identity=weights / "MobileFaceNet_foamliu.onnx",
        liveness=weights / "2.7_80x80_MiniFASNetV2.onnx",
    )


def test_what_is_not_installed_is_not_there(least: ModelFiles) -> None:
    with load_models(least) as models:
        assert (models.objects, models.identity, models.liveness) == (None, None, None)
        assert models.landmarker.detect(PICTURE, 1) == ()
        assert models.faces.detect(PICTURE) == ()


@pytest.mark.media
def test_every_model_that_is_installed_answers(least: ModelFiles, shared: Path) -> None:
    with load_models(everything(least, shared / "weights")) as models:
        assert models.objects is not None
        assert models.identity is not None
        assert models.liveness is not None
        assert models.objects.detect(PICTURE) == ()
        assert models.faces.detect(PICTURE) == ()
        assert float(np.linalg.norm(models.identity.embed(PICTURE, mesh()))) == pytest.approx(1)


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_damaged_model_is_refused_by_its_name_and_never_left_out(
    name: str, least: ModelFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[VideoLandmarker] = []
    close = VideoLandmarker.close
    monkeypatch.setattr(VideoLandmarker, "close", lambda one: (closed.append(one), close(one))[1])
    damaged = tmp_path / f"{name}.onnx"
    damaged.write_bytes(b"half of a model")
    with pytest.raises(EnvironmentProblem, match="weights sync") as refused:
        load_models(replace(least, **{name: damaged}))
    assert str(damaged) in str(refused.value)
    assert len(closed) == 1, "what was opened before it must be given back"


@pytest.mark.parametrize("name", ["landmarker", "faces_far"])
def test_without_a_model_that_is_needed_nothing_opens(
    name: str, least: ModelFiles, tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentProblem, match="nowhere"):
        load_models(replace(least, **{name: tmp_path / "nowhere.task"}))


def test_models_are_given_back_however_it_ends() -> None:
    landmarker, faces = FakeLandmarker(), FakeDetector()
    with pytest.raises(RuntimeError), FakeModels(landmarker, faces).models():
        raise RuntimeError("a bug")
    assert (landmarker.closed, faces.closed) == (True, True)
