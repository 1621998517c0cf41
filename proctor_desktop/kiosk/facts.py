"""How everything stands, in words a candidate understands."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from proctor_desktop.core.observation import Health, Source
from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.ui.status_strip import Fact, Tone
from proctor_desktop.wire import stdio


def facts(view: CandidateView) -> tuple[Fact, ...]:
    """The status strip's entries during the exam, always the same keys in the same order."""
    return (
        _recording(view),
        *devices(view),
        _face(view),
        _upload(view),
        _network(view),
        Fact("time", "clock", _tr("Time"), clock(view.elapsed_s)),
    )


def devices(view: CandidateView) -> tuple[Fact, ...]:
    """Camera and microphone."""
    return (
        Fact("camera", "camera", _tr("Camera"), *_health(view, Source.CAMERA)),
        Fact("microphone", "microphone", _tr("Microphone"), *_health(view, Source.MICROPHONE)),
    )


def clock(seconds: float) -> str:
    """``seconds`` as hours, minutes and seconds."""
    whole = max(0, int(seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def accuracy(end: stdio.CalibrationStep) -> str:
    """How a calibration ended, for the candidate: what was measured, and how well.

    A failed one is never a bar, and an earlier one still holds then.
    """
    reason = end.hint.strip().rstrip(".")
    if end.error_deg is None:
        why = reason or _tr("no reason was given")
        words = _tr("The calibration did not work out: {reason}. You can go on all the same.")
        return words.format(reason=why)
    head = _tr("Calibration done. How you turn your head is measured to about {deg}.")
    text = head.format(deg=_degrees(end.error_deg))
    if not end.eyes_found:
        unseen = _tr("Your eyes could not be made out, so where you look is not judged.")
        return f"{text} {unseen}"
    if end.gaze_error_deg is not None:
        gaze = _tr("Where you look is measured to about {deg}.")
        return f"{text} {gaze.format(deg=_degrees(end.gaze_error_deg))}"
    if not reason:
        return f"{text} {_tr('Where you look is only estimated.')}"
    gaze = _tr("Where you look is only estimated: {reason}.")
    return f"{text} {gaze.format(reason=reason)}"


def _degrees(error_deg: float) -> str:
    """Whole degrees; nobody is told less than one, which no webcam keeps."""
    return f"{max(1, round(error_deg))}°"


def _tr(text: str) -> str:
    return QCoreApplication.translate("facts", text)


def _present(view: CandidateView) -> stdio.Snapshot | None:
    """The last snapshot while it is true: what a silent monitor said before is not known now."""
    return view.snapshot if view.link is Link.TALKING else None


def _health(view: CandidateView, source: Source) -> tuple[str, Tone]:
    now = _present(view)
    if now is None:
        return _tr("not known yet"), Tone.CALM
    match now.sources.get(source):
        case Health.OK:
            return _tr("working"), Tone.GOOD
        case Health.DEGRADED:
            return _tr("not steady"), Tone.ATTENTION
        case Health.LOST:
            return _tr("not available"), Tone.ATTENTION
    return _tr("not in use"), Tone.CALM


def _recording(view: CandidateView) -> Fact:
    state, tone = _tr("off"), Tone.CALM
    if view.link is Link.RESTARTING:
        state, tone = _tr("starting again"), Tone.ATTENTION
    elif view.phase is Phase.RUNNING:
        state, tone = _tr("on"), Tone.GOOD
        now = _present(view)
        if now and now.sources.get(Source.SCREEN) in {Health.DEGRADED, Health.LOST}:
            state, tone = _tr("on, without the screen"), Tone.ATTENTION
    return Fact("recording", "recording", _tr("Recording"), state, tone)


def _face(view: CandidateView) -> Fact:
    name = _tr("Face")
    now = _present(view)
    match now.faces if now else None:
        case None:
            return Fact("face", "face", name, _tr("not checked"))
        case 0:
            return Fact("face", "face", name, _tr("not seen"), Tone.ATTENTION)
        case 1:
            return Fact("face", "face", name, _tr("seen"), Tone.GOOD)
    return Fact("face", "face", name, _tr("more than one"), Tone.ATTENTION)


def _upload(view: CandidateView) -> Fact:
    state = _tr("{count} waiting").format(count=view.pending) if view.pending else _tr("up to date")
    return Fact("upload", "upload", _tr("Upload"), state)


def _network(view: CandidateView) -> Fact:
    now = _present(view)
    if now is None:
        return Fact("network", "network", _tr("Network"), _tr("not known yet"))
    if now.online:
        return Fact("network", "network", _tr("Network"), _tr("connected"), Tone.GOOD)
    words = _tr("offline, all is kept here")
    return Fact("network", "network", _tr("Network"), words, Tone.ATTENTION)
