"""The depth of a face: how far behind the nose the cheeks and the ears lie.

MediaPipe's depth is that of a mask pressed flat: from the tip of the nose to the ears it is about
10 cm where a head has 13. A head rendered with it looks less turned than it is.
"""

from __future__ import annotations

import numpy as np

from proctor_desktop.demo.portrait import Points

TRAGI = (234, 454)
"""The landmarks nearest to the ears: the candidate's own right, their own left."""

_BROW_TO_CHIN = (10, 152)

# That the ears lie 13 cm behind the nose is anatomy. Within that, these were chosen on the portrait
# so that what the landmarker measures is balanced: left like right, up like down. Lengths are in
# units of the distance between the ears (about 14 cm).
_RELIEF = 0.55
_SIDES_FALL_BACK = 0.5
_SIDES_STEEPNESS = 6
_CHIN_FORWARD = 0.1
_OWN_LEFT_FORWARD = 0.05


def with_anatomical_depth(face: Points) -> Points:
    """Landmarks (N x 3) whose sides fall back as far as those of a head.

    The model's relief of the middle (nose, brow, chin) is somewhat too strong and its fall towards
    the ears much too weak. x and y stay, so at rest the face still looks like its portrait.
    """
    unit_px = between_ears_px(face)
    own_right, own_left = face[list(TRAGI), :2]
    brow, chin = face[list(_BROW_TO_CHIN), :2]
    sideways = _along(face, own_right, own_left) / unit_px * 2
    downwards = _along(face, brow, chin) / unit_px
    fall = _SIDES_FALL_BACK * np.minimum(np.abs(sideways), 1.1) ** _SIDES_STEEPNESS
    slope = _OWN_LEFT_FORWARD * sideways + _CHIN_FORWARD * downwards
    return np.column_stack((face[:, :2], _RELIEF * face[:, 2] + (slope - fall) * unit_px))


def _along(face: Points, start: Points, end: Points) -> Points:
    """How far each point lies from the middle of a line towards its end, in pixels."""
    direction = (end - start) / np.linalg.norm(end - start)
    return np.asarray((face[:, :2] - (start + end) / 2) @ direction, dtype=np.float64)


def between_ears_px(face: Points) -> float:
    """The distance between the ears as the picture shows it."""
    return float(np.linalg.norm(np.subtract(*face[list(TRAGI), :2])))
