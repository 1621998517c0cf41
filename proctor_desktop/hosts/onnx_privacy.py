"""Keeping onnxruntime from reporting home: nothing but evidence leaves the candidate's computer."""

from __future__ import annotations

import os
from typing import Protocol

OPT_OUT = "ORT_DISABLE_TELEMETRY"


class HasTelemetry(Protocol):
    """The part of the onnxruntime module that this is about."""

    def disable_telemetry_events(self) -> None:
        """Stop what its Windows build tells the system."""
        ...


def forbid_telemetry() -> None:
    """Opt out; to be called before every ``import onnxruntime``.

    From 1.29 on, its wheels for Linux and macOS report to their vendor unless this is set before
    they are loaded: the library reads it once. Child processes inherit it.
    """
    os.environ[OPT_OUT] = "1"


def silence(onnxruntime: HasTelemetry) -> None:
    """The same for Windows, where only the loaded library can be told."""
    onnxruntime.disable_telemetry_events()
