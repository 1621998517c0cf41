"""What can be seen of the rendered people, by how they were drawn and by nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.core.policy import Policy
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.person import Person
from proctor_desktop.demo.portrait import FACE_POINTS
from proctor_desktop.demo.pose import Pose
from proctor_desktop.vision.screen import ASSUMED_SCREEN


def shown_rules(who: Candidate, pose: Pose, visitor: Pose) -> frozenset[str]:
    """The rules whose matter can be seen with the two of them so.

    A face is in view as long as its middle is.
    """
    faces = [_face_px(who.person, pose), _face_px(who.visitor, visitor)]
    seen = [face for face in faces if face is not None and _within(face.mean(axis=0))]
    if len(seen) > 1:
        return frozenset({"multiple_faces"})
    shows = set() if seen else {"face_missing"}
    if seen:
        across, down = np.abs(seen[0].mean(axis=0) / (WIDTH_PX, HEIGHT_PX) - 0.5) * 2
        shows |= {"outside_zone"} if max(across, down) > Policy().rules.outside_zone.zone else set()
        shows |= _turned(pose)
    return frozenset(shows)


def _turned(pose: Pose) -> set[str]:
    """The eyes of the rendered head do not turn in it, so the gaze goes where the head does."""
    rules = Policy().rules
    limits = rules.head_turned
    turned = pose.yaw_deg > limits.left_deg or pose.yaw_deg < -limits.right_deg
    nodding = pose.pitch_deg > limits.up_deg or pose.pitch_deg < -limits.down_deg
    edge_deg = ASSUMED_SCREEN.left_deg + rules.looking_away.margin_deg
    away = abs(pose.yaw_deg) > edge_deg
    return ({"head_turned"} if turned or nodding else set()) | ({"looking_away"} if away else set())


def _face_px(person: Person, pose: Pose) -> NDArray[np.float64] | None:
    """The corners of the box around a face, as x and y; None where nobody is."""
    if not pose.visible:
        return None
    points = person.head.turned(pose)[:FACE_POINTS, :2]
    return np.array((points.min(axis=0), points.max(axis=0)))


def _within(point: NDArray[np.float64]) -> bool:
    return bool((point >= 0).all() and (point < (WIDTH_PX, HEIGHT_PX)).all())
