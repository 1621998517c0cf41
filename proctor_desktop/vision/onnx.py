"""Opening an ONNX model for one thread on the processor.

Every optional model shares the candidate's machine with an exam: a second thread would finish
sooner and heat the laptop for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.onnx_privacy import forbid_telemetry, silence

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

ERRORS_ONLY = 3
"""onnxruntime's severity: its warnings are for those who make models."""


def open_model(model: Path, content: bytes | None = None) -> InferenceSession:
    """A session on ``model`` that runs on the calling thread alone.

    ``content`` is what to open in place of the file's own bytes, where a caller had to adapt them;
    ``model`` then only gives the name. Raises EnvironmentProblem if onnxruntime cannot be loaded or
    the file is missing or no model.
    """
    forbid_telemetry()
    try:
        import onnxruntime  # noqa: PLC0415 - takes 0.1 s, and without a model it is not needed
    except (ImportError, OSError) as problem:
        raise EnvironmentProblem(
            "onnxruntime", f"it cannot be loaded ({problem})", "Install the program again."
        ) from problem
    silence(onnxruntime)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it keeps more than it saves here
    options.log_severity_level = ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(
            content or str(model), options, providers=["CPUExecutionProvider"]
        )
    except Exception as problem:  # its errors have no other class in common
        raise EnvironmentProblem(
            str(model),
            f"it is missing or is no ONNX model ({str(problem).partition(chr(10))[0]})",
            "Run 'proctor-desktop weights sync'.",
        ) from problem
