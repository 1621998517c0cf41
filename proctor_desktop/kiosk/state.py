"""What the candidate is to see, reduced from what monitor says.

The kiosk is a viewer: every fact comes from a message. The few things only this side knows (what
was asked and not yet answered, whether monitor lives) are kept here too, so that one frozen value
says all there is to show.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from proctor_desktop.core.session import Phase
from proctor_desktop.wire import stdio

QUIET_S = 60.0
"""A rule speaks to the candidate at most once in this time."""


class Link(StrEnum):
    """Whether monitor is there to be heard."""

    STARTING = "starting"
    TALKING = "talking"
    RESTARTING = "restarting"
    STOPPED = "stopped"


class Stage(StrEnum):
    """The screens, in the order in which a candidate meets them."""

    STARTING = "starting"
    NOTICE = "notice"
    PHOTO = "photo"
    CALIBRATION = "calibration"
    READY = "ready"
    EXAM = "exam"
    END = "end"
    DECLINED = "declined"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the candidate's message list.

    ``at_s`` is on the kiosk's own clock, ``elapsed_s`` on the session's. A rule that repeats itself
    within :data:`QUIET_S` adds to ``times`` and shows no new toast.
    """

    rule: str
    text: str
    at_s: float
    elapsed_s: float
    times: int = 1


@dataclass(frozen=True, slots=True)
class CandidateView:
    """Everything the window shows at one moment.

    ``asked`` holds the types of the requests sent since monitor last changed phase. ``calibration``
    is the step of one that is going on, ``calibrated`` the end of the last one. ``trouble`` is the
    newest one that does not stop the session, ``fatal`` the one that does.
    """

    link: Link = Link.STARTING
    phase: Phase | None = None
    detail: str = ""
    notice: stdio.Notice | None = None
    snapshot: stdio.Snapshot | None = None
    pending: int = 0
    delivered: int = 0
    preview: str = ""
    calibration: stdio.CalibrationStep | None = None
    calibrated: stdio.CalibrationStep | None = None
    asked: frozenset[str] = frozenset()
    declined: bool = False
    messages: tuple[Message, ...] = ()
    trouble: stdio.Trouble | None = None
    fatal: stdio.Trouble | None = None
    ended: stdio.Ended | None = None

    @property
    def elapsed_s(self) -> float:
        """The session's time as monitor last told it."""
        return self.snapshot.elapsed_s if self.snapshot else 0.0

    @property
    def faces(self) -> int | None:
        """How many faces the last analysed picture had; None when none was analysed."""
        return self.snapshot.faces if self.snapshot else None


_STAGE_OF_PHASE = {
    Phase.CONSENTED: Stage.PHOTO,
    Phase.IDENTIFIED: Stage.CALIBRATION,
    Phase.CALIBRATED: Stage.READY,
    Phase.RUNNING: Stage.EXAM,
    Phase.CLOSED: Stage.END,
}


def stage(view: CandidateView) -> Stage:
    """The screen that ``view`` belongs on."""
    if view.declined:
        return Stage.DECLINED
    if view.ended is not None:
        return Stage.END
    if view.fatal is not None:
        return Stage.TROUBLE
    if view.phase is Phase.OPENED and view.notice is not None:
        return Stage.NOTICE
    return _STAGE_OF_PHASE.get(view.phase, Stage.STARTING) if view.phase else Stage.STARTING


def wants_preview(view: CandidateView) -> bool:
    """Whether the camera picture is on screen, so that monitor should send it."""
    return stage(view) in {Stage.PHOTO, Stage.CALIBRATION}


def covering_step(view: CandidateView) -> stdio.CalibrationStep | None:
    """The step of a calibration that takes the whole screen now, or None.

    Only one that the candidate asked for and that has not ended, been left, or lost its monitor:
    a late step must not bring the page back. On the calibration's own screen there is a place for
    words, so that only a dot needs the whole screen.
    """
    step = view.calibration
    if step is None or stdio.Calibrate.type not in view.asked:
        return None
    match stage(view):
        case Stage.CALIBRATION:
            return step if step.target is not None else None
        case Stage.READY | Stage.EXAM:
            return step
    return None


def reduce(view: CandidateView, message: stdio.Downward, now_s: float) -> CandidateView:
    """``view`` after monitor said ``message``; ``now_s`` is the kiosk's monotonic time."""
    view = replace(view, link=Link.TALKING)
    match message:
        case stdio.PhaseIs():
            view = _moved_on(view, message)
        case stdio.Notice():
            view = replace(view, notice=message)
        case stdio.Snapshot(pending=pending, delivered=delivered):
            view = replace(view, snapshot=message, pending=pending, delivered=delivered)
        case stdio.Preview(jpeg=jpeg):
            view = replace(view, preview=jpeg)
        case stdio.CalibrationStep(done=True):
            view = _calibration_over(view, message)
        case stdio.CalibrationStep():
            view = replace(view, calibration=message)
        case stdio.Toast(rule=rule, text=text):
            view = told(view, rule, text, now_s)
        case stdio.Trouble():
            view = troubled(view, message)
        case stdio.Ended(pending=pending):
            view = replace(view, ended=message, pending=pending)
    return view


def sent(view: CandidateView, message: stdio.Upward) -> CandidateView:
    """``view`` after the candidate's ``message`` went to monitor."""
    if isinstance(message, stdio.WantPreview):
        return view
    declined = isinstance(message, stdio.Consent) and not message.given
    stopped = isinstance(message, stdio.SkipStep)
    anew = stopped or isinstance(message, stdio.Calibrate)
    still_asked = view.asked - {stdio.Calibrate.type} if stopped else view.asked
    return replace(
        view,
        asked=still_asked | {message.type},
        declined=view.declined or declined,
        calibration=None if anew else view.calibration,
    )


def told(view: CandidateView, rule: str, text: str, now_s: float) -> CandidateView:
    """``view`` with a line in the message list; quiet if ``rule`` spoke within a minute."""
    for place, earlier in reversed(list(enumerate(view.messages))):
        if earlier.rule != rule:
            continue
        if now_s - earlier.at_s >= QUIET_S:
            break
        again = replace(earlier, times=earlier.times + 1)
        return replace(view, messages=(*view.messages[:place], again, *view.messages[place + 1 :]))
    return replace(
        view, messages=(*view.messages, Message(rule, text, now_s, elapsed_s=view.elapsed_s))
    )


def troubled(view: CandidateView, trouble: stdio.Trouble) -> CandidateView:
    """``view`` with something a person can put right."""
    if trouble.fatal:
        return replace(view, fatal=trouble)
    return replace(view, trouble=trouble)


def dismissed(view: CandidateView) -> CandidateView:
    """``view`` after the candidate has read the trouble shown above the screen."""
    return replace(view, trouble=None)


def silenced(view: CandidateView, link: Link) -> CandidateView:
    """``view`` after monitor stopped: what it was asked or was showing is void, the rest stays."""
    return replace(view, link=link, asked=frozenset(), preview="", calibration=None)


def _calibration_over(view: CandidateView, end: stdio.CalibrationStep) -> CandidateView:
    """``view`` at the end of a calibration; of one just asked for, the steps are still to come."""
    asked = view.asked if view.calibration is None else view.asked - {stdio.Calibrate.type}
    return replace(view, calibration=None, calibrated=end, asked=asked)


def _moved_on(view: CandidateView, message: stdio.PhaseIs) -> CandidateView:
    if message.phase is view.phase:
        return replace(view, detail=message.detail)
    return replace(
        view, phase=message.phase, detail=message.detail, asked=frozenset(), calibration=None
    )
