"""Any picture as the one size and form that vision works on."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX

Image: TypeAlias = NDArray[np.uint8]


def fitted_size(width_px: int, height_px: int, pixel_aspect: float = 1.0) -> tuple[int, int]:
    """Width and height that a picture gets inside 640 x 480, its shape kept.

    ``pixel_aspect`` is the width of one of its pixels over the height.
    """
    wide = width_px * pixel_aspect
    scale = min(WIDTH_PX / wide, HEIGHT_PX / height_px)
    return max(1, round(wide * scale)), max(1, round(height_px * scale))


def padded(image: Image) -> Image:
    """An RGB picture no larger than 640 x 480, centred on black; itself when it has that size."""
    height, width = image.shape[:2]
    if (width, height) == (WIDTH_PX, HEIGHT_PX):
        return image
    whole = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    top, left = (HEIGHT_PX - height) // 2, (WIDTH_PX - width) // 2
    whole[top : top + height, left : left + width] = image
    return whole
