"""What the sources say they saw, heard or were told: facts, not judgements.

Every observation is a frozen dataclass of plain numbers and words, so that it can be written to
the journal and replayed to the same decisions. Angles are the candidate's own: yaw > 0 is a turn to
their left, pitch > 0 is up, roll > 0 is a tilt towards their left shoulder.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Source(StrEnum):
    """The parts of the machine that observations come from."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SCREEN = "screen"
    FOCUS = "focus"
    KIOSK = "kiosk"
    MONITOR = "monitor"


class Health(StrEnum):
    """How a source is doing."""

    OK = "ok"
    DEGRADED = "degraded"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class FaceBox:
    """One face: its box in fractions of the frame (origin top left) and a score from 0 to 1."""

    x: float
    y: float
    width: float
    height: float
    score: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box, in fractions of the frame."""
        return (self.x + self.width / 2, self.y + self.height / 2)


@dataclass(frozen=True, slots=True)
class FacesSeen:
    """The faces of one analysed frame, largest first; empty when there was none."""

    frame: int
    faces: tuple[FaceBox, ...]


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Angles of the one face in view relative to the calibrated neutral pose, in degrees.

    Exists only after a calibration. ``confidence`` (0-1) says how well the face mesh fits a rigid
    head.
    """

    frame: int
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    confidence: float


@dataclass(frozen=True, slots=True)
class SoundLevel:
    """The microphone over the last ``span_s`` seconds, smoothed.

    ``active`` is true when the level is above ``threshold_dbfs``, which follows the room's noise.
    """

    level_dbfs: float
    threshold_dbfs: float
    active: bool
    span_s: float


@dataclass(frozen=True, slots=True)
class FocusChanged:
    """Another window became the active one.

    ``inside`` is true when it belongs to the exam. ``application`` is the program's name ("" when
    no window is active), never a title or any content.
    """

    inside: bool
    application: str


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A source's state changed, or it reports what it skipped since the last report."""

    source: Source
    state: Health
    reason: str
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A span for which a source has nothing to show, and why."""

    source: Source
    seconds: float
    reason: str


Observation: TypeAlias = FacesSeen | HeadPose | SoundLevel | FocusChanged | SourceHealth | Gap
