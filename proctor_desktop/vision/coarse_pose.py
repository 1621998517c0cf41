"""Where a head is turned when there is no mesh: from the five points of a detected face.

Beyond some 65 degrees the landmarker loses the face, while the detector goes on seeing it. As the
head turns, the nose moves out from between the eyes and the eyes move together, both measured
against the distance from eyes to mouth, which a turn leaves as it is.

On 82 faces whose mesh reads less than 50 degrees, the yaw found so differs from the mesh's by some
4 degrees in the median and 30 at worst; the side was right on all the dozen heads in the test media
that are plainly turned by more than 45 degrees. So it tells a side and a rough size, and is silent
on less. Up and down are not told: the points say too little about them.

A sheet of paper before one half of a face moves the points like a turn does. Whoever asks should
have seen the head begin to turn that way while there was a mesh.
"""

from __future__ import annotations

from math import atan2, degrees

import numpy as np

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.vision.sight import Detection

CLEARLY_TURNED_DEG = 50.0
WIDEST_DEG = 90.0

NOSE_REACH = 0.39
"""How far the tip of the nose lies before the eyes, in distances from eyes to mouth (measured)."""

EYE_DISTANCE = 1.0
"""The distance of the eyes, in the same measure."""

LEAST_SCORE = 0.35
"""Points of a face that is hardly seen are guesses."""


def coarse_yaw_deg(detection: Detection) -> float | None:
    """The yaw of a head that is clearly turned to the side, in the candidate's own sign.

    It is relative to a head that looks into the camera, and within WIDEST_DEG of it. None if the
    head is not turned by CLEARLY_TURNED_DEG at least, or is seen too badly to tell.
    """
    if detection.box.score < LEAST_SCORE:
        return None
    yaw_deg = _yaw_deg(detection)
    return None if abs(yaw_deg) < CLEARLY_TURNED_DEG else yaw_deg


def _yaw_deg(detection: Detection) -> float:
    points = detection.keypoints.astype(np.float64) * (WIDTH_PX, HEIGHT_PX)
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    down = mouth - eyes
    length = float(np.hypot(*down))
    if length == 0.0:
        return 0.0
    down /= length
    across = np.array((down[1], -down[0]))
    nose = float((points[2] - eyes) @ across) / length
    apart = float((points[1] - points[0]) @ across) / length
    yaw = degrees(atan2(nose / NOSE_REACH, max(0.0, apart) / EYE_DISTANCE))
    return max(-WIDEST_DEG, min(WIDEST_DEG, yaw))
