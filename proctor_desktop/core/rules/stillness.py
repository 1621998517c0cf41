"""Which of the faces in view are alive: no living face keeps entirely still for long."""

from __future__ import annotations

from proctor_desktop.core.observation import FaceBox, Observation, PictureSeen
from proctor_desktop.core.rule_settings import FaceMissing, MultipleFaces

STILL_AFTER_S = MultipleFaces.still_after_s
"""What an exam that says nothing else takes for a poster."""

OWN_STILL_AFTER_S = FaceMissing.still_after_s
"""What it takes to doubt the face that is largest, or alone."""

FROZEN_FROM_S = 1.0
"""A picture that has not changed for so long stands still."""


def living(faces: tuple[FaceBox, ...], still_after_s: float) -> tuple[FaceBox, ...]:
    """The faces in which something moved within the last ``still_after_s``."""
    return tuple(face for face in faces if face.still_s < still_after_s)


def frozen(before: bool, observation: Observation) -> bool:
    """Whether the whole picture stands still, after ``observation``: then no face's rest counts."""
    if isinstance(observation, PictureSeen):
        return observation.frozen_s >= FROZEN_FROM_S
    return before
