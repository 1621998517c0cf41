"""MediaPipe's tasks, loaded the way this program needs them: lean, and without a word to anybody.

Its vision package imports matplotlib for a drawing routine that nobody here calls (40 MB), reports
usage to its vendor (see ``hosts/library_network.py``), and makes a Python object of every landmark
(half a millisecond a picture, an eighth of all the work): each is left out here, in one place. It
is imported when a task is built, not before, since that takes half a second.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.library_network import confine_libraries
from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.vision.geometry import Mesh

_PLOTTING = ("matplotlib", "matplotlib.pyplot")
_COORDINATES = 3
_BYTES_A_COORDINATE = 4


@dataclass(frozen=True, slots=True)
class Tasks:
    """The modules that a task is made of."""

    vision: Any
    images: Any
    base_options: Any


class Meshes:
    """Stands in for MediaPipe's landmarker result: the coordinates alone, as arrays."""

    @classmethod
    def from_ctypes(cls, result: Any) -> tuple[Mesh, ...]:
        """The landmarks of each face, n x 3, copied out of the native result."""
        return tuple(_mesh(result.face_landmarks[i]) for i in range(result.face_landmarks_count))


def load_tasks() -> Tasks:
    """MediaPipe's modules; raises EnvironmentProblem if they cannot be loaded."""
    confine_libraries()
    try:
        with _without_plotting(), importing_opencv():
            from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415
            from mediapipe.tasks.python.vision import face_landmarker  # noqa: PLC0415
            from mediapipe.tasks.python.vision.core import image as images  # noqa: PLC0415
    except (ImportError, OSError) as problem:
        raise EnvironmentProblem(
            "MediaPipe", f"it cannot be loaded ({problem})", "Install the program again."
        ) from problem
    face_landmarker.FaceLandmarkerResult = Meshes
    return Tasks(vision, images, BaseOptions)


def _mesh(face: Any) -> Mesh:
    size_bytes = ctypes.sizeof(face.landmarks._type_)
    raw = ctypes.string_at(face.landmarks, face.landmarks_count * size_bytes)
    rows = np.frombuffer(raw, np.uint8).reshape(face.landmarks_count, size_bytes)
    return rows[:, : _COORDINATES * _BYTES_A_COORDINATE].copy().view(np.float32)


@contextmanager
def _without_plotting() -> Iterator[None]:
    """Inside, an import of matplotlib finds an empty module, unless it was imported before."""
    missing = [name for name in _PLOTTING if name not in sys.modules]
    sys.modules.update({name: ModuleType(name) for name in missing})
    try:
        yield
    finally:
        for name in missing:
            sys.modules.pop(name, None)
