"""Camera pictures of which one can tell when they were taken."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from proctor_desktop.core.frame import Frame
from proctor_desktop.recording.ring import CameraRing
from tests.playbook import moment


def camera_frame(at_s: float, noise: bool = False) -> Frame[npt.NDArray[np.uint8]]:
    """A picture that gets brighter by four each second; with ``noise`` no codec makes it small."""
    image = np.full((480, 640, 3), round(40 + 4 * at_s), np.uint8)
    if noise:
        drawn = np.random.default_rng(round(at_s * 1000)).integers(0, 255, image.shape)
        image = drawn.astype(np.uint8)
    return Frame(round(at_s * 8), moment(at_s), image)


def filled_ring(times_s: Iterable[float], kept_s: float = 60.0, noise: bool = False) -> CameraRing:
    """A ring that was given a picture at each of these times."""
    ring = CameraRing(kept_s)
    for at_s in times_s:
        ring.add(camera_frame(at_s, noise))
    return ring
