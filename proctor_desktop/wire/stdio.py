"""The JSON lines between kiosk and monitor: one object a line, UTF-8, ``type`` first.

Monitor to kiosk is for showing only and the newest wins; kiosk to monitor is what the candidate
did. An unknown type is an error: both ends come from the same build.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, TypeAlias

from proctor_desktop.core.session import Phase

PREVIEW_WIDTH_PX = 320
PREVIEW_HEIGHT_PX = 240


class BadLine(ValueError):
    """A line that is no message of this protocol."""


# -- monitor to kiosk ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhaseIs:
    """The session moved on; ``detail`` is a sentence for the candidate or empty."""

    type: ClassVar[str] = "phase"
    phase: Phase
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the candidate must be shown before consenting, and who asks.

    ``limits`` names what the program cannot do on this computer, each with its reason;
    ``calibration`` says whether this exam offers one. ``sealed_to`` has the fingerprints of the
    keys that pictures, clips and video are sealed to; none where they stay readable here.
    ``window_titles``, ``clips`` and ``voice_clips``: the titles of the active windows, camera video
    around a violation, and sound around a voice are kept as well.
    """

    type: ClassVar[str] = "notice"
    exam: str
    institution: str
    text: str
    sha256: str
    signer: str
    limits: list[str]
    calibration: bool = True
    sealed_to: list[str] = field(default_factory=list)
    window_titles: bool = False
    clips: bool = False
    voice_clips: bool = False


@dataclass(frozen=True, slots=True)
class HoldPhoto:
    """The reference photo (JPEG, base64) for the kiosk to hold in memory, and nowhere else.

    On disk it is sealed, so that a monitor that is started again could not compare faces with it.
    ``blob`` is the hash that the session's record names it by.
    """

    type: ClassVar[str] = "hold_photo"
    blob: str
    jpeg: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How everything stands; at most ten a second.

    ``yaw_deg`` and ``pitch_deg`` are None before calibration or without a face; ``sources`` maps
    source to health; ``pending`` and ``delivered`` count records and blobs for the endpoint.
    """

    type: ClassVar[str] = "snapshot"
    elapsed_s: float
    faces: int | None
    yaw_deg: float | None
    pitch_deg: float | None
    sound_dbfs: float | None
    sources: dict[str, str]
    pending: int
    delivered: int
    online: bool
    open_violations: list[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """A small camera picture (JPEG, base64), sent only while asked for; it touches no disk."""

    type: ClassVar[str] = "preview"
    jpeg: str


@dataclass(frozen=True, slots=True)
class CalibrationStep:
    """How far the calibration is (0-1) and the one thing the candidate should do now.

    ``target`` is the point of the screen to look at ([x, y] in fractions of its width and height,
    origin top left), or None while there is none to look at. At the end ``done`` is true and the
    errors say how good it is; None means that this part was not calibrated. Without ``eyes_found``
    neither eyes nor gaze are judged.
    """

    type: ClassVar[str] = "calibration"
    progress: float
    hint: str
    target: list[float] | None = None
    done: bool = False
    error_deg: float | None = None
    gaze_error_deg: float | None = None
    eyes_found: bool = True


@dataclass(frozen=True, slots=True)
class Toast:
    """An observation for the candidate, such as "We can't see your face"."""

    type: ClassVar[str] = "toast"
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a person can put right: what, why, and how."""

    type: ClassVar[str] = "trouble"
    what: str
    why: str
    remedy: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is closed; score and risk are the server's, or None while it was not reached."""

    type: ClassVar[str] = "ended"
    export: str
    pending: int
    score: float | None
    risk: str | None


# -- kiosk to monitor ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeldPhoto:
    """The first line that every monitor hears: the photo that the kiosk holds, or empty texts."""

    type: ClassVar[str] = "held_photo"
    blob: str = ""
    jpeg: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """The candidate's answer to the notice with this hash; ``unattended`` when nobody was there."""

    type: ClassVar[str] = "consent"
    given: bool
    notice_sha256: str
    language: str
    unattended: bool = False


@dataclass(frozen=True, slots=True)
class TakePhoto:
    """Keep the next picture with exactly one face as the reference photo."""

    type: ClassVar[str] = "take_photo"


@dataclass(frozen=True, slots=True)
class Calibrate:
    """Start (or start again) the calibration; during the exam, too."""

    type: ClassVar[str] = "calibrate"


@dataclass(frozen=True, slots=True)
class SkipStep:
    """Go on without the photo or calibration; recorded, and the rules that need it are off."""

    type: ClassVar[str] = "skip_step"
    reason: str


@dataclass(frozen=True, slots=True)
class StartExam:
    """Begin: from here on rules are evaluated."""

    type: ClassVar[str] = "start_exam"


@dataclass(frozen=True, slots=True)
class FinishExam:
    """The candidate is done: close, drain, and say how it went."""

    type: ClassVar[str] = "finish_exam"


@dataclass(frozen=True, slots=True)
class WantPreview:
    """Switch the stream of previews on or off."""

    type: ClassVar[str] = "want_preview"
    on: bool


Downward: TypeAlias = (
    PhaseIs | Notice | HoldPhoto | Snapshot | Preview | CalibrationStep | Toast | Trouble | Ended
)
Upward: TypeAlias = (
    HeldPhoto | Consent | TakePhoto | Calibrate | SkipStep | StartExam | FinishExam | WantPreview
)

_DOWNWARD: tuple[type[Any], ...] = (
    PhaseIs,
    Notice,
    HoldPhoto,
    Snapshot,
    Preview,
    CalibrationStep,
    Toast,
    Trouble,
    Ended,
)
_UPWARD: tuple[type[Any], ...] = (
    HeldPhoto,
    Consent,
    TakePhoto,
    Calibrate,
    SkipStep,
    StartExam,
    FinishExam,
    WantPreview,
)


def to_line(message: Downward | Upward) -> str:
    """One line of JSON without its newline."""
    body = {"type": message.type, **asdict(message)}
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def downward(line: str) -> Downward:
    """Parse what monitor says; raises BadLine."""
    message: Downward = _parse(line, _DOWNWARD)
    if not isinstance(message, PhaseIs):
        return message
    try:
        return PhaseIs(Phase(message.phase), message.detail)
    except ValueError as problem:
        raise BadLine(f"not a message: {line[:80]!r} ({problem})") from problem


def upward(line: str) -> Upward:
    """Parse what kiosk says; raises BadLine."""
    message: Upward = _parse(line, _UPWARD)
    return message


def _parse(line: str, known: tuple[type[Any], ...]) -> Any:
    try:
        body = json.loads(line)
        name = body.pop("type")
        kind = next(k for k in known if k.type == name)
        allowed = {field.name for field in fields(kind)}
        if not set(body) <= allowed:
            raise BadLine(f"unknown fields {sorted(set(body) - allowed)}")
        return kind(**body)
    except StopIteration:
        raise BadLine(f"unknown message: {line[:80]!r}") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise BadLine(f"not a message: {line[:80]!r} ({problem})") from problem
