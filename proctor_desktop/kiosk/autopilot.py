"""The candidate of a run that nobody attends: presses each button after a short wait.

Used by the demo and by tests. The consent it gives says that nobody was there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk.state import CandidateView, Link, Stage, stage
from proctor_desktop.wire import stdio

READING_S = 1.5
"""How long each screen stands before its button is pressed."""
PHOTO_PATIENCE_S = 30.0
CALIBRATION_PATIENCE_S = 60.0
FAREWELL_S = 3.0


@dataclass(frozen=True, slots=True)
class Leave:
    """Close the window: there is nothing left to do."""


LEAVE: Final = Leave()


def next_move(
    view: CandidateView, waited_s: float, exam_s: float, duration_s: float | None
) -> stdio.Upward | Leave | None:
    """What to do now, or None to wait.

    ``waited_s`` is the time on the present screen, ``exam_s`` the time since the exam began;
    ``duration_s`` None means that monitor ends the exam itself.
    """
    over = view.ended is not None or view.link is Link.STOPPED
    if over or stage(view) is Stage.TROUBLE:
        return LEAVE if waited_s >= FAREWELL_S else None
    if view.phase is Phase.RUNNING:
        return _finish(view, exam_s, duration_s)
    press = _BUTTONS.get(stage(view))
    return press(view, waited_s) if press and waited_s >= READING_S else None


def _agree(view: CandidateView, _waited_s: float) -> stdio.Upward | None:
    if view.notice is None:
        return None
    return _unless_asked(view, consent(view.notice, given=True, unattended=True))


def consent(notice: stdio.Notice, *, given: bool, unattended: bool) -> stdio.Consent:
    """The answer to ``notice``, which is shown in English so far."""
    return stdio.Consent(
        given=given, notice_sha256=notice.sha256, language="en", unattended=unattended
    )


def _take_photo(view: CandidateView, waited_s: float) -> stdio.Upward | None:
    if waited_s > PHOTO_PATIENCE_S:
        reason = f"unattended run: no photo within {PHOTO_PATIENCE_S:.0f} s"
        return _unless_asked(view, stdio.SkipStep(reason))
    return _unless_asked(view, stdio.TakePhoto())


def _calibrate(view: CandidateView, waited_s: float) -> stdio.Upward | None:
    if waited_s > CALIBRATION_PATIENCE_S:
        reason = f"unattended run: no calibration within {CALIBRATION_PATIENCE_S:.0f} s"
        return _unless_asked(view, stdio.SkipStep(reason))
    return _unless_asked(view, stdio.Calibrate())


def _start(view: CandidateView, _waited_s: float) -> stdio.Upward | None:
    return _unless_asked(view, stdio.StartExam())


def _finish(view: CandidateView, exam_s: float, duration_s: float | None) -> stdio.Upward | None:
    if duration_s is None or exam_s < duration_s:
        return None
    return _unless_asked(view, stdio.FinishExam())


def _unless_asked(view: CandidateView, message: stdio.Upward) -> stdio.Upward | None:
    return None if message.type in view.asked else message


_BUTTONS = {
    Stage.NOTICE: _agree,
    Stage.PHOTO: _take_photo,
    Stage.CALIBRATION: _calibrate,
    Stage.READY: _start,
}
