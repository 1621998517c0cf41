"""What is said about one frame: the observations, with their numbers rounded once and for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox, FacesSeen, HeadPose
from proctor_desktop.vision.calibration import Neutral
from proctor_desktop.vision.geometry import Fit, angles, relative

ANGLE_DIGITS = 2
FRACTION_DIGITS = 4

Seen: TypeAlias = FacesSeen | HeadPose


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysed frame: its number, the moment it was captured, and what was seen in it.

    ``observations`` always hold FacesSeen, and HeadPose when there is a face and a neutral pose.
    ``analysis_ms`` is how long the analysis took.
    """

    frame: int
    moment: Moment
    observations: tuple[Seen, ...]
    analysis_ms: float


def observations(frame: int, fits: Sequence[Fit], neutral: Neutral | None) -> tuple[Seen, ...]:
    """What ``fits`` (largest face first) say about a frame.

    Numbers are rounded here, before anybody decides on them, so that a replay of recorded
    observations comes to exactly the same decisions.
    """
    faces = FacesSeen(frame, tuple(_rounded(fit.box) for fit in fits))
    if len(fits) != 1 or neutral is None:  # of two faces, nobody knows which is the candidate's
        return (faces,)
    return (faces, head_pose(frame, fits[0], neutral))


def head_pose(frame: int, fit: Fit, neutral: Neutral) -> HeadPose:
    """The head's angles away from ``neutral``."""
    turned = angles(relative(fit.rotation, neutral.matrix()))
    return HeadPose(
        frame,
        _round(turned.yaw_deg, ANGLE_DIGITS),
        _round(turned.pitch_deg, ANGLE_DIGITS),
        _round(turned.roll_deg, ANGLE_DIGITS),
        _round(fit.confidence, FRACTION_DIGITS),
    )


def _rounded(box: FaceBox) -> FaceBox:
    values = (box.x, box.y, box.width, box.height, box.score)
    return FaceBox(*(_round(value, FRACTION_DIGITS) for value in values))


def _round(value: float, digits: int) -> float:
    return round(value, digits) + 0.0  # no minus zero in the records
