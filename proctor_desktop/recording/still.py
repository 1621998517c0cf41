"""Pictures as JPEG: evidence, and the small live view for the candidate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.wire.stdio import PREVIEW_HEIGHT_PX, PREVIEW_WIDTH_PX

with importing_opencv():
    import cv2

EVIDENCE_QUALITY = 50
PREVIEW_QUALITY = 60


def jpeg(image: NDArray[np.uint8], quality: int = EVIDENCE_QUALITY) -> bytes:
    """An RGB picture (``uint8``, height x width x 3) as JPEG; ``quality`` is 1 to 100."""
    done, encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    if not done:
        raise ValueError(f"a picture of shape {image.shape} cannot be encoded")
    return encoded.tobytes()


def picture(content: bytes) -> NDArray[np.uint8]:
    """A JPEG as an RGB picture; raises ValueError if it is none."""
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    if decoded is None:
        raise ValueError("this is no picture")
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)


def preview(image: NDArray[np.uint8]) -> bytes:
    """A camera picture as a JPEG of 320 x 240."""
    small = cv2.resize(image, (PREVIEW_WIDTH_PX, PREVIEW_HEIGHT_PX), interpolation=cv2.INTER_AREA)
    return jpeg(np.asarray(small, np.uint8), PREVIEW_QUALITY)
