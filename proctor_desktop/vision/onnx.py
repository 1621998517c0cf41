"""Opening an ONNX model: all of the optional models that look at pictures are such files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from proctor_desktop.hosts.onnx_session import importing_onnxruntime, open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def open_model(
    model: Path, content: bytes | None = None, *, often: bool = False
) -> InferenceSession:
    """A session on ``model``, or on ``content`` in place of the file's own bytes.

    Raises EnvironmentProblem if onnxruntime cannot be loaded or the file is missing or no model.
    """
    with importing_onnxruntime():
        import onnxruntime  # noqa: PLC0415 - takes 0.1 s, and without a model it is not needed
    return open_session(onnxruntime, model, content, often=often)
