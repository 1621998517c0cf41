"""The merge on the real model, and whether the landmarker accepts the bundle that is installed."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.recording.still import picture
from proctor_desktop.vision.landmarker import StillLandmarker
from proctor_desktop.weights import mesh_rows
from proctor_desktop.weights.installed import State, inspect
from proctor_desktop.weights.manifest import WheelSource, load
from proctor_desktop.weights.site_folder import site_folder
from proctor_desktop.weights.wheel import read_members, wheel_in


def _bundle() -> Path:
    status = inspect(load().weight("face_landmarker"))
    if status.path is None or status.state is not State.PRESENT:
        pytest.skip("the landmarker built from packages is not synced: run 'weights sync'")
    return status.path


def _source() -> WheelSource:
    sources = load().weight("face_landmarker").sources
    return next(source for source in sources if isinstance(source, WheelSource))


def _portrait() -> Path:
    try:
        return resource("weights", "astronaut.png")
    except EnvironmentProblem:
        pytest.skip("the portrait is not synced: run 'weights sync'")


def _merged_model() -> tuple[Any, bytes]:
    from mediapipe.tasks.metadata import schema_py_generated as schema  # noqa: PLC0415

    with zipfile.ZipFile(_bundle()) as archive:
        data = archive.read("face_landmarks_detector.tflite")
    return schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(data, 0)), data


def test_the_model_gives_478_landmarks_and_then_presence() -> None:
    model, _ = _merged_model()
    graph = model.subgraphs[0]
    shapes = [list(graph.tensors[index].shape) for index in graph.outputs]
    assert shapes == [[1, 1, 1, 1434], [1, 1, 1, 1]]
    assert not model.signatureDefs


def test_the_gathered_rows_are_those_of_the_tables() -> None:
    model, _ = _merged_model()
    graph, rows = model.subgraphs[0], mesh_rows.load()
    constants = {
        tensor.name.decode(): model.buffers[tensor.buffer].data.view("<i4").tolist()
        for tensor in graph.tensors
        if tensor.name.endswith(b"/rows")
    }
    assert constants["xy/rows"] == rows.xy_rows()
    assert constants["z/rows"] == rows.z_rows()
    assert constants["right_eye_contour_z/rows"] == list(rows.contour("right_eye"))


def test_tensor_data_is_aligned() -> None:
    from mediapipe.tasks.metadata import schema_py_generated as schema  # noqa: PLC0415

    _, data = _merged_model()
    model = schema.Model.GetRootAsModel(data, 0)
    start = np.frombuffer(data, np.uint8).__array_interface__["data"][0]
    buffers = [model.Buffers(index) for index in range(model.BuffersLength())]
    filled = [buffer.DataAsNumpy() for buffer in buffers if not buffer.DataIsNone()]
    offsets = {(item.__array_interface__["data"][0] - start) % 16 for item in filled}
    assert offsets == {0}


def test_another_model_is_refused() -> None:
    from proctor_desktop.weights.attention_merge import merge  # noqa: PLC0415

    _, data = _merged_model()
    with pytest.raises(ValueError, match="not the attention mesh"):
        merge(data, mesh_rows.load())


def test_building_again_gives_the_hash_of_the_manifest() -> None:
    from proctor_desktop.weights.landmarker_bundle import build  # noqa: PLC0415

    folder = site_folder()
    wheel = wheel_in(folder, _source()) if folder else None
    if wheel is None:
        pytest.skip("no wheel of the package at hand: name its folder in the weights variable")
    built = build(read_members(wheel, _source().members))
    assert hashlib.sha256(built).hexdigest() == load().weight("face_landmarker").sha256


def test_the_landmarker_finds_the_portraits_face() -> None:
    bundle, portrait = _bundle(), _portrait()
    with StillLandmarker(bundle) as landmarker:
        (face,) = landmarker.detect(picture(portrait.read_bytes()))
    points = face[:, :2]
    assert points.shape == (478, 2)
    for iris, corners in ((468, (33, 133)), (473, (362, 263))):
        left, right = sorted(points[corner, 0] for corner in corners)
        assert left < points[iris, 0] < right  # each iris lies between the corners of its eye
