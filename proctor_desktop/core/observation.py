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
    VISION = "vision"
    MONITOR = "monitor"


class Health(StrEnum):
    """How a source is doing."""

    OK = "ok"
    DEGRADED = "degraded"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class FaceBox:
    """One face: its box in fractions of the frame (origin top left) and a score from 0 to 1.

    ``still_s`` is for how long nothing at all has moved in this face: no living face keeps that up
    for long, a poster does.
    """

    x: float
    y: float
    width: float
    height: float
    score: float
    still_s: float = 0.0

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
class EyesSeen:
    """How far each eye is open, as a share of this person's own open eyes (1 as at calibration).

    ``looking_down`` is true when the lids are low because the gaze is, and where nobody can tell
    that from closed eyes, because the head is well down or aside: such eyes do not count as closed.
    """

    frame: int
    left: float
    right: float
    looking_down: bool


@dataclass(frozen=True, slots=True)
class Gaze:
    """Where the one face in view looks, head and eyes together, away from the screen's middle.

    In degrees with the candidate's own signs: ``horizontal_deg`` > 0 is to their left,
    ``vertical_deg`` > 0 is up. ``outside_deg`` is how far that is beyond the nearest edge of the
    screen, as calibrated or else as assumed; 0 on the screen. ``edge`` is the one that it is
    furthest beyond: ``left`` (the candidate's own), ``right``, ``top``, ``bottom``, or none.
    """

    frame: int
    horizontal_deg: float
    vertical_deg: float
    outside_deg: float
    confidence: float
    edge: str = ""


@dataclass(frozen=True, slots=True)
class ObjectBox:
    """One object: what it is, its box in fractions of the frame, and a score from 0 to 1."""

    label: str
    x: float
    y: float
    width: float
    height: float
    score: float


@dataclass(frozen=True, slots=True)
class ObjectsSeen:
    """The objects that an exam may ask about in one analysed frame, surest first."""

    frame: int
    objects: tuple[ObjectBox, ...]


@dataclass(frozen=True, slots=True)
class FaceCompared:
    """How alike the face in view and the reference photo are: a cosine, 1 for the same picture."""

    frame: int
    similarity: float


@dataclass(frozen=True, slots=True)
class LivenessChecked:
    """How much the face in view looks like a living one and not a print or a screen, 0 to 1."""

    frame: int
    live: float


@dataclass(frozen=True, slots=True)
class PictureSeen:
    """The camera picture as a picture, whatever it shows.

    ``brightness`` and ``detail`` go from 0 to 1 (a covered lens has hardly any detail);
    ``frozen_s`` is for how long not even noise has changed; ``replaced`` is true when the whole
    scene became another one from one moment to the next and stayed so.
    """

    frame: int
    brightness: float
    detail: float
    frozen_s: float
    replaced: bool


@dataclass(frozen=True, slots=True)
class CameraOpened:
    """A camera delivers pictures: its name ("" where the system tells none).

    ``virtual`` is true when the name is that of a program that pretends to be a camera.
    """

    name: str
    virtual: bool


@dataclass(frozen=True, slots=True)
class SoundSignal:
    """The microphone's signal as a signal over the last ``span_s`` seconds.

    ``digital_silence``: they ended without even noise, as from a muted microphone. ``clipped`` is
    the share of samples at full scale, 0 to 1.
    """

    span_s: float
    digital_silence: bool
    clipped: float


@dataclass(frozen=True, slots=True)
class SpeechHeard:
    """How much of the last ``span_s`` seconds was speech, and how sure that is (0 to 1).

    The spans follow each other without a gap: short ones while somebody speaks, longer ones else.
    """

    span_s: float
    speech_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class SoundLevel:
    """The microphone over the last ``span_s`` seconds, smoothed.

    ``active`` is true when the level is above ``threshold_dbfs``, which follows the room's noise.
    Smoothing makes it end late; ``quiet_s`` is for how long the sound itself has been below.
    """

    level_dbfs: float
    threshold_dbfs: float
    active: bool
    span_s: float
    quiet_s: float = 0.0


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


Observation: TypeAlias = (
    FacesSeen
    | HeadPose
    | EyesSeen
    | Gaze
    | ObjectsSeen
    | FaceCompared
    | LivenessChecked
    | PictureSeen
    | CameraOpened
    | SoundLevel
    | SoundSignal
    | SpeechHeard
    | FocusChanged
    | SourceHealth
    | Gap
)
