"""Loading OpenCV: without chatter on stderr, and without harm to Qt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from proctor_desktop.hosts.qt_environment import drop_opencv_qt


@contextmanager
def importing_opencv() -> Iterator[None]:
    """Every ``import cv2`` goes inside, since nobody knows which module comes first.

    The library reads how much to say when it is loaded, and never again. What somebody else has
    set is left alone.
    """
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
    yield
    drop_opencv_qt()
