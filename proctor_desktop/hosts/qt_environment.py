"""Undoing what ``import cv2`` does to Qt's environment."""

from __future__ import annotations

import os
from pathlib import PurePath

_SET_BY_OPENCV = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def drop_opencv_qt() -> None:
    """Forget the Qt folders that OpenCV's wheel points at: its Qt 5 would break PySide6.

    ``importing_opencv`` does so after each import, since child processes inherit the environment
    too. Folders that somebody else set are left alone.
    """
    for name in _SET_BY_OPENCV:
        if "cv2" in PurePath(os.environ.get(name, "")).parts:
            del os.environ[name]
