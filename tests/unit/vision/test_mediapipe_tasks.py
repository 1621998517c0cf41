from __future__ import annotations

import ctypes
import subprocess
import sys
import textwrap

import numpy as np

from proctor_desktop.vision.mediapipe_tasks import Meshes


class Landmark(ctypes.Structure):
    _fields_ = (
        ("x", ctypes.c_float),
        ("y", ctypes.c_float),
        ("z", ctypes.c_float),
        ("visible", ctypes.c_bool),
        ("name", ctypes.c_char_p),
    )


class Face(ctypes.Structure):
    _fields_ = (("landmarks", ctypes.POINTER(Landmark)), ("landmarks_count", ctypes.c_uint32))


class Result(ctypes.Structure):
    _fields_ = (("face_landmarks", ctypes.POINTER(Face)), ("face_landmarks_count", ctypes.c_uint32))


def test_the_coordinates_are_copied_out_of_the_native_result() -> None:
    points = (Landmark * 3)(*(Landmark(i, i + 0.25, -i, True, b"point") for i in range(3)))
    faces = (Face * 1)(Face(points, 3))
    (mesh,) = Meshes.from_ctypes(Result(faces, 1))
    points[0].x = 99.0
    assert mesh.dtype == np.float32
    assert mesh.tolist() == [[0.0, 0.25, 0.0], [1.0, 1.25, -1.0], [2.0, 2.25, -2.0]]


def test_no_face_is_an_empty_result() -> None:
    assert Meshes.from_ctypes(Result(None, 0)) == ()


def test_loading_brings_no_plotting_library_and_leaves_no_stand_in() -> None:
    code = """
        import sys
        from proctor_desktop.vision.mediapipe_tasks import load_tasks
        load_tasks()
        assert not [name for name in sys.modules if name.startswith("matplotlib")]
        import matplotlib
        assert matplotlib.__version__
    """
    words = [sys.executable, "-c", textwrap.dedent(code)]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
