"""Drawing a textured triangle mesh: painter's order, affine texture within each triangle."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Indices: TypeAlias = npt.NDArray[np.int32]

_SUBPIXEL_BITS = 4
_SLIVER_PX2 = 0.5


def rasterise(
    points: Floats, triangles: Indices, values: Floats, size: tuple[int, int]
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Interpolate ``values`` (N x K) over the visible side of a mesh.

    ``points`` is N x 3: x, y in pixels and z towards the viewer. A triangle faces the viewer when
    its corners run clockwise on the screen (y down). ``size`` is (height, width). Returns the
    values as height x width x K (float32) and where the mesh covers the picture.
    """
    corners = points[triangles]
    area = _doubled_area(corners)
    facing = np.flatnonzero(area > 0)
    order = facing[np.argsort(corners[facing, :, 2].mean(axis=1))]
    numbers = _paint(corners[order, :, :2], size)
    planes = _planes(corners[order], area[order], values[triangles[order]])
    covered = numbers > 0
    rows, columns = np.nonzero(covered)
    plane = planes[numbers[covered] - 1]
    result = np.zeros((*size, values.shape[1]), np.float32)
    result[covered] = (
        plane[:, 0] + plane[:, 1] * columns[:, np.newaxis] + plane[:, 2] * rows[:, np.newaxis]
    )
    return result, covered


def _doubled_area(corners: Floats) -> Floats:
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area: Floats = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (
        c[:, 0] - a[:, 0]
    )
    return area


def _paint(corners: Floats, size: tuple[int, int]) -> npt.NDArray[np.uint16]:
    """The number (from 1) of the frontmost triangle at each pixel; 0 where there is none."""
    numbers = np.zeros(size, np.uint16)
    fixed = np.round(corners * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    for number, triangle in enumerate(fixed, start=1):
        cv2.fillConvexPoly(numbers, triangle, (number,), cv2.LINE_8, _SUBPIXEL_BITS)
    return numbers


def _planes(corners: Floats, area: Floats, values: Floats) -> Floats:
    """Per triangle the constant, x and y coefficients of each value: M x 3 x K (float32).

    A triangle seen edge-on has no usable slope; it takes the mean of its corners.
    """
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    along_b, along_c = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    inverse = np.where(area > _SLIVER_PX2, 1.0 / area, 0.0)[:, np.newaxis]
    slope_x = (along_b * (c - a)[:, 1:2] - along_c * (b - a)[:, 1:2]) * inverse
    slope_y = (along_c * (b - a)[:, 0:1] - along_b * (c - a)[:, 0:1]) * inverse
    middle = corners[:, :, :2].mean(axis=1)
    constant = values.mean(axis=1) - slope_x * middle[:, 0:1] - slope_y * middle[:, 1:2]
    return np.stack((constant, slope_x, slope_y), axis=1).astype(np.float32)
