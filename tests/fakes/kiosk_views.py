"""Sample messages and views for the kiosk's tests."""

from __future__ import annotations

from dataclasses import replace

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.wire import stdio

NOTICE = stdio.Notice(
    exam="Statistics",
    institution="Example University",
    text="Your camera is used.\n<b>Not bold.</b>",
    sha256="ab" * 32,
    signer="5f" * 32,
    limits=["clipboard: This version watches; it does not lock the computer down."],
)
ENDED = stdio.Ended(export="/home/ada/session.evidence", pending=0, score=93.0, risk="green")
HOLD = stdio.CalibrationStep(0.1, "Please hold still and look at the dot", [0.5, 0.5])
CORNER = stdio.CalibrationStep(0.4, "Look at the dot in the corner", [0.96, 0.04])
NO_DOT = stdio.CalibrationStep(0.4, "Please hold still and look at the screen")
CALIBRATED = stdio.CalibrationStep(1.0, "", done=True, error_deg=0.8, gaze_error_deg=3.6)
FATAL = stdio.Trouble("The disk", "It is full.", "Free 2 GB.", fatal=True)


def snapshot(
    faces: int | None = 1,
    sources: dict[str, str] | None = None,
    pending: int = 0,
    delivered: int = 0,
    online: bool = True,
    elapsed_s: float = 12.0,
) -> stdio.Snapshot:
    """A snapshot in which all is well, but for what is given."""
    healthy = {"camera": "ok", "vision": "ok", "microphone": "ok", "screen": "ok"}
    return stdio.Snapshot(
        elapsed_s=elapsed_s,
        faces=faces,
        yaw_deg=0.0,
        pitch_deg=0.0,
        sound_dbfs=-40.0,
        sources=healthy if sources is None else sources,
        pending=pending,
        delivered=delivered,
        online=online,
        open_violations=[],
    )


def view(phase: Phase | None, **changes: object) -> CandidateView:
    """A view in ``phase`` with monitor talking and the notice there."""
    base = CandidateView(link=Link.TALKING, phase=phase, notice=NOTICE)
    return replace(base, **changes)  # type: ignore[arg-type]


def calibrating(
    phase: Phase, step: stdio.CalibrationStep | None = CORNER, **changes: object
) -> CandidateView:
    """A view in ``phase`` with a calibration that the candidate asked for, at ``step``."""
    asked = frozenset({stdio.Calibrate.type})
    return view(phase, asked=asked, calibration=step, snapshot=snapshot(), **changes)
