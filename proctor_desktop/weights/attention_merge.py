"""Gives the attention face mesh the two outputs that today's FaceLandmarker asks for.

The model of the older package has seven outputs; the current task wants one tensor of 478 x 3
landmarks and then the presence of a face. The re-ordering is appended to the model as ordinary
TFLite operators, so no code of ours runs for each frame. The weights are not touched.

Importing this module imports MediaPipe (about a second): only the building of the bundle does it.
The bytes depend on nothing but the inputs and the locked flatbuffers, whose releases before
25.12.19 lay tables out differently; so the result can be checked against a hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flatbuffers
import numpy as np
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata_schema
from mediapipe.tasks.metadata import schema_py_generated as schema

from proctor_desktop.weights.mesh_rows import LANDMARKS, MESH_POINTS, REGIONS, MeshRows

_MESH, _PRESENCE = "output_mesh_identity", "conv_faceflag"
_MODEL_ID, _METADATA_ID, _METADATA_NAME = b"TFL3", b"M001", b"TFLITE_METADATA"
_OUTPUT_NAMES = ("face_landmarks", "presence")
_DATA_ALIGNMENT = 16
_LARGEST_OLD_CODE = 127


def merge(model_bytes: bytes, rows: MeshRows) -> bytes:
    """The model with one landmark tensor [1, 1, 1, 1434] and the presence flag as its outputs.

    Lips, eyes and irises take the refined x and y; z is the mesh's, and for an iris the mean z of
    its eye's contour. ``model_bytes`` must be the seven-output model (ValueError otherwise).
    """
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model_bytes, 0))
    graph = _Graph(model)
    outputs = {graph.name(tensor): tensor for tensor in graph.subgraph.outputs}
    wanted = [_MESH, *(f"output_{region}" for region in REGIONS), _PRESENCE]
    if sorted(outputs) != sorted(wanted):
        raise ValueError(f"not the attention mesh: its outputs are {sorted(outputs)}")
    positions = list(graph.subgraph.outputs)
    landmarks = _landmarks(graph, outputs, rows)
    graph.subgraph.outputs = [landmarks, outputs[_PRESENCE]]
    model.signatureDefs = None  # they name outputs that are gone
    _keep_metadata(model, [positions.index(outputs[_MESH]), positions.index(outputs[_PRESENCE])])
    return _packed(model)


class _Graph:
    """The model's one subgraph, to which constants and operators are appended."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.subgraph = model.subgraphs[0]

    def name(self, tensor: int) -> str:
        return str(self.subgraph.tensors[tensor].name.decode())

    def constant(self, name: str, values: Sequence[int]) -> int:
        """A new tensor that holds ``values`` as 32-bit integers."""
        buffer = schema.BufferT(data=np.frombuffer(np.array(values, "<i4").tobytes(), np.uint8))
        self.model.buffers.append(buffer)
        shape = [len(values)]
        return self._tensor(name, shape, schema.TensorType.INT32, len(self.model.buffers) - 1)

    def reshape(self, name: str, source: int, shape: list[int]) -> int:
        options = schema.ReshapeOptionsT(newShape=shape)
        inputs = [source, self.constant(f"{name}/shape", shape)]
        return self._operator(name, "RESHAPE", "ReshapeOptions", options, inputs, shape)

    def columns(self, name: str, source: int, first: int, count: int) -> int:
        """Columns ``first`` to ``first + count`` of the mesh's points."""
        shape = [MESH_POINTS, count]
        begin = self.constant(f"{name}/begin", [0, first])
        size = self.constant(f"{name}/size", shape)
        options = schema.SliceOptionsT()
        return self._operator(name, "SLICE", "SliceOptions", options, [source, begin, size], shape)

    def stack(self, name: str, parts: list[int], axis: int, shape: list[int]) -> int:
        options = schema.ConcatenationOptionsT(axis=axis)
        return self._operator(name, "CONCATENATION", "ConcatenationOptions", options, parts, shape)

    def gather(self, name: str, source: int, rows: Sequence[int], width: int) -> int:
        inputs = [source, self.constant(f"{name}/rows", rows)]
        options, shape = schema.GatherOptionsT(axis=0), [len(rows), width]
        return self._operator(name, "GATHER", "GatherOptions", options, inputs, shape)

    def mean(self, name: str, source: int) -> int:
        """The mean over all rows of a one-column tensor."""
        inputs = [source, self.constant(f"{name}/axis", [0])]
        options = schema.ReducerOptionsT(keepDims=True)
        return self._operator(name, "MEAN", "ReducerOptions", options, inputs, [1, 1])

    def _operator(
        self, name: str, code: str, kind: str, options: Any, inputs: list[int], shape: list[int]
    ) -> int:
        output = self._tensor(name, shape, schema.TensorType.FLOAT32, 0)
        operator = schema.OperatorT(
            opcodeIndex=self._code(getattr(schema.BuiltinOperator, code)),
            inputs=inputs,
            outputs=[output],
            builtinOptionsType=getattr(schema.BuiltinOptions, kind),
            builtinOptions=options,
        )
        self.subgraph.operators.append(operator)
        return output

    def _tensor(self, name: str, shape: list[int], kind: int, buffer: int) -> int:
        tensor = schema.TensorT(shape=shape, type=kind, buffer=buffer, name=name)
        self.subgraph.tensors.append(tensor)
        return len(self.subgraph.tensors) - 1

    def _code(self, builtin: int) -> int:
        codes = self.model.operatorCodes
        for index, code in enumerate(codes):
            if max(code.builtinCode, code.deprecatedBuiltinCode) == builtin and code.version == 1:
                return index
        old = min(builtin, _LARGEST_OLD_CODE)
        codes.append(schema.OperatorCodeT(old, builtinCode=builtin, version=1))
        return len(codes) - 1


def _landmarks(graph: _Graph, outputs: dict[str, int], rows: MeshRows) -> int:
    mesh = graph.reshape("mesh", outputs[_MESH], [MESH_POINTS, 3])
    xy, z = _planar(graph, mesh, outputs, rows), _depth(graph, mesh, rows)
    points = graph.stack("points", [xy, z], 1, [LANDMARKS, 3])
    return graph.reshape(_OUTPUT_NAMES[0], points, [1, 1, 1, LANDMARKS * 3])


def _planar(graph: _Graph, mesh: int, outputs: dict[str, int], rows: MeshRows) -> int:
    parts = [graph.columns("mesh_xy", mesh, 0, 2)]
    for region, points in REGIONS.items():
        parts.append(graph.reshape(f"{region}_xy", outputs[f"output_{region}"], [points, 2]))
    total = MESH_POINTS + sum(REGIONS.values())
    return graph.gather("xy", graph.stack("all_xy", parts, 0, [total, 2]), rows.xy_rows(), 2)


def _depth(graph: _Graph, mesh: int, rows: MeshRows) -> int:
    mesh_z = graph.columns("mesh_z", mesh, 2, 1)
    parts = [mesh_z]
    for eye in ("left_eye", "right_eye"):
        contour = graph.gather(f"{eye}_contour_z", mesh_z, rows.contour(eye), 1)
        parts.append(graph.mean(f"{eye}_mean_z", contour))
    return graph.gather("z", graph.stack("all_z", parts, 0, [MESH_POINTS + 2, 1]), rows.z_rows(), 1)


def _keep_metadata(model: Any, kept: list[int]) -> None:
    """Keep the input's normalisation and the description of the outputs that are left."""
    entry = next(item for item in model.metadata if item.name == _METADATA_NAME)
    buffer = model.buffers[entry.buffer]
    root = metadata_schema.ModelMetadata.GetRootAsModelMetadata(buffer.data.tobytes(), 0)
    metadata = metadata_schema.ModelMetadataT.InitFromObj(root)
    described = metadata.subgraphMetadata[0]
    described.outputTensorMetadata = [described.outputTensorMetadata[index] for index in kept]
    for output, name in zip(described.outputTensorMetadata, _OUTPUT_NAMES, strict=True):
        output.name = name
    builder = flatbuffers.Builder(1024)
    builder.Finish(metadata.Pack(builder), _METADATA_ID)
    buffer.data = np.frombuffer(bytes(builder.Output()), np.uint8)


class _AlignedBuffer(schema.BufferT):  # type: ignore[misc]  # the generated schema is untyped
    """Tensor data on a 16-byte boundary, as the format asks; the generated packer ignores it."""

    def Pack(self, builder: Any) -> Any:  # noqa: N802 - the generated schema's own name
        if self.data is not None:
            builder.Prep(_DATA_ALIGNMENT, len(self.data))
        return super().Pack(builder)


def _packed(model: Any) -> bytes:
    model.buffers = [_AlignedBuffer(b.data, b.offset, b.size) for b in model.buffers]
    builder = flatbuffers.Builder(4 * 1024 * 1024)
    builder.Finish(model.Pack(builder), _MODEL_ID)
    return bytes(builder.Output())
