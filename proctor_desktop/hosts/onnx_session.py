"""Opening an ONNX model beside an exam: one thread, and nothing reported home.

A second thread would finish sooner and heat the laptop for it. The library itself is imported where
models are run, and handed over: the hosts know no media.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from proctor_desktop.config.remedy import SYNC_WEIGHTS
from proctor_desktop.core.errors import EnvironmentProblem

OPT_OUT = "ORT_DISABLE_TELEMETRY"

_ERRORS_ONLY = 3  # the library's severity: its warnings are for those who make models
_PROCESSOR = [("CPUExecutionProvider", {"arena_extend_strategy": "kSameAsRequested"})]


@contextmanager
def importing_onnxruntime() -> Iterator[None]:
    """Every ``import onnxruntime`` goes inside; raises EnvironmentProblem if it cannot be loaded.

    From 1.29 on, its wheels for Linux and macOS report to their vendor unless this variable is set
    before they are loaded: the library reads it once. Child processes inherit it.
    """
    os.environ[OPT_OUT] = "1"
    try:
        yield
    except (ImportError, OSError) as problem:
        raise EnvironmentProblem(
            "onnxruntime", f"it cannot be loaded ({problem})", "Install the program again."
        ) from problem


def open_session(
    onnxruntime: ModuleType, model: Path, content: bytes | None = None, *, often: bool = False
) -> Any:
    """An InferenceSession on ``model`` that runs on the calling thread alone, on the processor.

    ``content`` is what to open in place of the file's own bytes, where a caller had to adapt them;
    ``model`` then only gives the name. A model that is run ``often`` keeps the memory of one run
    for the next: YuNet takes some 7 MB more, and the monitor up to 3 % of a core less, which would
    go into mapping and clearing that memory anew. Raises EnvironmentProblem if the model is missing
    or is none.
    """
    onnxruntime.disable_telemetry_events()  # on Windows only the loaded library can be told
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = often
    options.log_severity_level = _ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(content or str(model), options, providers=_PROCESSOR)
    except Exception as problem:  # its errors have no other class in common
        raise EnvironmentProblem(
            str(model),
            f"it is missing or is no ONNX model ({str(problem).partition(chr(10))[0]})",
            SYNC_WEIGHTS,
        ) from problem
