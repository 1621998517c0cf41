"""A webcam through OpenCV, and why it does not work when it does not."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.sources.picture import Image, fitted_size, padded

with importing_opencv():
    import cv2

# Read at the first capture: a camera that gives nothing is noticed after a second, not after ten.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")

_DEV = Path("/dev")
_BGR_CHANNELS = 3


class Capture(Protocol):
    """The part of ``cv2.VideoCapture`` that is used here."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether the device was opened."""
        ...

    def grab(self) -> bool:
        """Wait for the next picture; False when none came."""
        ...

    def retrieve(self) -> tuple[bool, Image]:
        """Decode the picture that was grabbed."""
        ...

    def release(self) -> None:
        """Let go of the device."""
        ...


OpenCapture = Callable[[int], Capture]


def open_device(number: int, open_capture: OpenCapture | None = None) -> Capture:
    """Camera ``number``, asked for 640 x 480, after its first picture came.

    Raises EnvironmentProblem that says what is wrong with it.
    """
    capture = (open_capture or _open_with_opencv)(number)
    if capture.isOpened() and capture.grab():
        return capture
    capture.release()
    raise why_not(number)


def picture_of(capture: Capture) -> Image | None:
    """The grabbed picture as RGB, 480 x 640 x 3; None when it could not be decoded."""
    ok, image = capture.retrieve()
    return as_picture(image) if ok and image is not None and image.size else None


def as_picture(image: Image) -> Image:
    """A grey, BGR or BGRA picture of any size as RGB, scaled to fit 640 x 480 and padded.

    A picture of that size already is copied once, by the change of its colour order; a larger one
    is scaled first, so that only what is left of it is converted.
    """
    size = fitted_size(image.shape[1], image.shape[0])
    if size != (image.shape[1], image.shape[0]):
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    rgb = cv2.cvtColor(image, _to_rgb(image))
    return padded(np.asarray(rgb, np.uint8))


def _to_rgb(image: Image) -> int:
    if image.ndim < _BGR_CHANNELS or image.shape[2] == 1:
        return cv2.COLOR_GRAY2RGB
    return cv2.COLOR_BGR2RGB if image.shape[2] == _BGR_CHANNELS else cv2.COLOR_BGRA2RGB


def why_not(number: int, platform: str = sys.platform, dev: Path = _DEV) -> EnvironmentProblem:
    """Why camera ``number`` cannot be used, as far as this system tells."""
    what = f"camera {number}"
    if not platform.startswith("linux"):
        return EnvironmentProblem(
            what,
            "it cannot be opened",
            "Check that it is plugged in, that no other program uses it, and that the system's "
            "privacy settings let this program use the camera.",
        )
    path = dev / f"video{number}"
    if not path.exists():
        found = ", ".join(sorted(str(other) for other in dev.glob("video*"))) or "none"
        return EnvironmentProblem(
            what,
            f"there is no {path} (cameras found: {found})",
            "Plug a camera in, or choose another one.",
        )
    return _refused(what, path)


def is_there(number: int) -> bool:
    """Whether the system lists this camera; true where it keeps no such list.

    Nothing is opened, so nobody is watched by asking.
    """
    return not sys.platform.startswith("linux") or Path(f"/dev/video{number}").exists()


def _refused(what: str, path: Path) -> EnvironmentProblem:
    busy = "Close other programs that use the camera (video calls, browsers), then try again."
    flags = os.O_RDWR
    if sys.platform != "win32":
        flags |= os.O_NONBLOCK
    try:
        os.close(os.open(path, flags))
    except PermissionError:
        remedy = "Add your user to the group 'video', log out and in again."
        return EnvironmentProblem(what, f"you may not use {path}", remedy)
    except OSError as problem:
        if problem.errno == errno.EBUSY:
            return EnvironmentProblem(what, f"another program is using {path}", busy)
        reason = problem.strerror or str(problem)
        return EnvironmentProblem(what, f"{path} cannot be opened ({reason})", busy)
    return EnvironmentProblem(
        what, f"{path} gives no picture; another program may be using it", busy
    )


def _open_with_opencv(number: int) -> Capture:
    backend = cv2.CAP_V4L2 if sys.platform.startswith("linux") else cv2.CAP_ANY
    capture = cv2.VideoCapture(number, backend)
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH_PX)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT_PX)
    return cast("Capture", capture)  # its stubs allow more kinds of picture than a camera gives
