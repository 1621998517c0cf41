"""Takes a session through its steps: notice, consent, photo, calibration, exam, end.

With a kiosk the candidate's actions move it on; without one it moves on by itself, and says so in
the evidence. Detection never gates entry: whatever cannot be done is recorded and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from proctor_desktop import __version__
from proctor_desktop.config.exam import SignedExam, policy_to_json
from proctor_desktop.core.capability import Capability, Level
from proctor_desktop.core.chain import BlobRef, Head, digest
from proctor_desktop.core.effect import KeepStill
from proctor_desktop.core.event import Calibrated, Event, ExamEnded, ExamStarted
from proctor_desktop.core.moment import Clock, Moment
from proctor_desktop.core.observation import FacesSeen
from proctor_desktop.core.policy import Calibration as CalibrationSettings
from proctor_desktop.core.session import Phase, advance
from proctor_desktop.journal.blobs import NotKept
from proctor_desktop.journal.recover import LeftBehind
from proctor_desktop.monitor.evidence import Evidence
from proctor_desktop.vision.calibration import (
    Calibration,
    CalibrationOutcome,
    CalibrationProgress,
)
from proctor_desktop.wire import rest, stdio
from proctor_desktop.wire.fingerprint import fingerprint

PHOTO_TIMEOUT_S = 20.0
_ONE_FACE = 1
_MAY_CALIBRATE = (Phase.IDENTIFIED, Phase.CALIBRATED, Phase.RUNNING)


@dataclass(frozen=True, slots=True)
class Session:
    """What is fixed about a session from its first record on."""

    id: str
    key: str
    exam: SignedExam
    candidate: rest.Candidate
    capabilities: tuple[Capability, ...]


@dataclass(frozen=True, slots=True)
class Hands:
    """What the conductor sets going elsewhere.

    ``watch`` switches the sources and the upload on: nothing is watched, and nothing leaves this
    computer, before the candidate has agreed. ``calibrate`` starts a calibration, with the screen's
    corners or without; ``cancel`` ends one without a result; ``use`` hands vision a calibration.
    ``photo`` names the reference photo for the endpoint; ``remember`` makes the face in a frame,
    which is kept under this hash, the one to compare with, and returns what the photo's record has
    to say of that; ``recall`` does so with a photo, and its record, of before. ``say`` tells the
    kiosk,
    ``alarm`` sets (seconds from now) or with None stops the timer for the photo, ``stop`` ends the
    session for a reason.
    """

    watch: Callable[[], None]
    calibrate: Callable[[bool], None]
    cancel: Callable[[], None]
    use: Callable[[Calibration | None], None]
    photo: Callable[[str], None]
    remember: Callable[[int, str], dict[str, Any]]
    recall: Callable[[str, Mapping[str, Any]], None]
    say: Callable[[stdio.Downward], None]
    alarm: Callable[[float | None], None]
    stop: Callable[[str], None]


class Conductor:
    """Owns the session's phase. ``unattended`` means that nobody presses any button."""

    def __init__(
        self,
        session: Session,
        evidence: Evidence,
        clock: Clock,
        hands: Hands,
        unattended: bool,
        skip_preparation: bool = False,
    ) -> None:
        self._session = session
        self._evidence = evidence
        self._clock = clock
        self._hands = hands
        self._unattended = unattended
        self._skip_preparation = skip_preparation
        self._photo_wanted = False
        self._calibration: Calibration | None = None
        self.phase = Phase.OPENED
        self.exam_started: Moment | None = None
        self.agreed = False

    def open(self, *before: tuple[str, dict[str, Any]]) -> None:
        """Write the first records of a new session, all or none, and take the first step.

        ``before`` are records (kind, data) of what happened before it, behind its own.
        """
        first = [self._opening(), self._policy(), self._capabilities(), *before]
        self._evidence.record_together(self._clock.now(), first)
        self._announce()

    def resume(self, left: LeftBehind, boot: str) -> None:
        """Go on where a session was left; the restart itself is recorded already."""
        self.phase = left.phase
        kind, matrix = self._capabilities()  # a restarted monitor may have other devices
        self._record(kind, matrix)
        if self.phase is not Phase.OPENED:
            self.agreed = True
            self._hands.watch()
        if left.photo:
            self._hands.recall(left.photo, left.identity)
        if left.calibration:
            self._use(self._clock.now(), Calibration.from_json(left.calibration["calibration"]))
            self._hands.use(self._calibration)
        if left.phase is Phase.RUNNING:
            now = self._clock.now()
            self.exam_started = now.later(-left.exam_s(now, boot))
            self._evidence.observe(Event(now, ExamStarted()))
        self._arrive("The session goes on where it stopped.")

    def candidate(self, message: stdio.Upward) -> None:
        """Do what the candidate asked for, as far as it fits the phase."""
        match message:
            case stdio.Consent() if self.phase is Phase.OPENED:
                self._consent(message)
            case stdio.TakePhoto() if self.phase is Phase.CONSENTED:
                self._photo_wanted = True
            case stdio.Calibrate() if self.phase in _MAY_CALIBRATE and self._settings.offered:
                self._hands.calibrate(self._settings.gaze and not self._unattended)
            case stdio.SkipStep(reason):
                self._skip(reason or "the candidate went on without it")
            case stdio.StartExam() if self.phase is Phase.CALIBRATED:
                self._start_exam()
            case stdio.FinishExam():
                self._hands.stop("finished by the candidate")
            case _:
                return

    def faces(self, seen: FacesSeen) -> None:
        """Take the reference photo when one is wanted and exactly one face is there."""
        if not self._photo_wanted or len(seen.faces) != _ONE_FACE:
            return
        self._photo_wanted = False
        self._hands.alarm(None)
        try:
            blob = self._evidence.keep_still(KeepStill(seen.frame))
        except NotKept as problem:
            self._without_photo(f"the photo could not be kept: {problem}")
            return
        self._hands.photo(blob.sha256)
        held = self._hands.remember(seen.frame, blob.sha256)
        data = {"kind": "face", "outcome": "kept", **held}
        self._go(Phase.IDENTIFIED, "identity", data, (blob,))

    def photo_overdue(self) -> None:
        """Nobody could be photographed in time: go on without."""
        if self._photo_wanted:
            self._photo_wanted = False
            self._without_photo(f"no single face was seen within {PHOTO_TIMEOUT_S:.0f} s")

    def calibrating(self, progress: CalibrationProgress) -> None:
        """Pass on how the calibration gets on."""
        target = list(progress.target) if progress.target else None
        self._hands.say(stdio.CalibrationStep(progress.progress, progress.hint, target))

    def calibrated(
        self, moment: Moment, outcome: CalibrationOutcome, room_dbfs: float | None = None
    ) -> None:
        """Record the end of a calibration, good or not, and go on.

        ``room_dbfs`` is how loud the room was meanwhile. A calibration that failed changes nothing:
        one that was made before still holds.
        """
        if self.phase not in _MAY_CALIBRATE:
            self._hands.use(self._calibration)  # too late to be recorded, so it must not be used
            return
        data: dict[str, Any] = {"outcome": "failed", "reason": outcome.reason}
        if outcome.calibration is not None:
            self._use(moment, outcome.calibration)
            data = _calibration_data(outcome.calibration, outcome.reason)
        if room_dbfs is not None:
            data["room_dbfs"] = room_dbfs
        found = outcome.calibration
        self._hands.say(
            stdio.CalibrationStep(
                1.0,
                outcome.reason,
                done=True,
                error_deg=data.get("error_deg"),
                gaze_error_deg=data.get("gaze_error_deg"),
                eyes_found=found is None or found.eyes is not None,
            )
        )
        if self.phase is Phase.RUNNING:
            self._record("calibration", data)
        else:
            self._go(Phase.CALIBRATED, "calibration", data)

    def close(self, reason: str) -> Head:
        """Write the end of the session; nothing may be recorded behind it."""
        now = self._clock.now()
        self._evidence.observe(Event(now, ExamEnded()))
        self._evidence.flush()
        self.phase = advance(self.phase, Phase.CLOSED)
        head = self._evidence.record(now, "session.close", {"reason": reason})
        self._hands.say(stdio.PhaseIs(Phase.CLOSED, reason))
        return head

    @property
    def _settings(self) -> CalibrationSettings:
        return self._session.exam.exam.policy.calibration

    def _use(self, moment: Moment, calibration: Calibration) -> None:
        self._calibration = calibration
        errors = Calibrated(calibration.neutral.spread_deg, calibration.edges_error_deg)
        self._evidence.observe(Event(moment, errors))

    def _opening(self) -> tuple[str, dict[str, Any]]:
        exam = self._session.exam.exam
        return "session.open", {
            "session_key": self._session.key,
            "client": f"proctor-desktop/{__version__}",
            "candidate": self._session.candidate,
            "exam": {"id": exam.id, "title": exam.title, "institution": exam.institution},
        }

    def _policy(self) -> tuple[str, dict[str, Any]]:
        signed = self._session.exam
        return "policy", {
            "exam_sha256": signed.sha256,
            "policy": policy_to_json(signed.exam.policy),
            "seal_to": list(signed.exam.seal_to),
        }

    def _capabilities(self) -> tuple[str, dict[str, Any]]:
        matrix = [
            {"name": c.name, "level": c.level.value, "reason": c.reason, "fix": c.fix}
            for c in self._session.capabilities
        ]
        return "capabilities", {"capabilities": matrix}

    def _consent(self, answer: stdio.Consent) -> None:
        if answer.notice_sha256 != self._notice().sha256:
            self._announce()  # agreeing to another text is no consent to this one
            return
        data = {
            "given": answer.given,
            "notice_sha256": answer.notice_sha256,
            "language": answer.language,
            "unattended": answer.unattended,
        }
        if answer.given:
            self._record("consent", data)
            self.agreed = True
            self._hands.watch()
            self._move(Phase.CONSENTED)
        else:
            self._record("consent", data)
            self._hands.stop("the candidate did not agree to being recorded")

    def _skip(self, reason: str) -> None:
        if self.phase is Phase.CONSENTED:
            self._photo_wanted = False
            self._without_photo(reason)
            return
        if self.phase in _MAY_CALIBRATE:
            self._hands.cancel()  # one that was stopped must not be used when it ends by itself
        if self.phase is Phase.IDENTIFIED:
            self._go(Phase.CALIBRATED, "calibration", {"outcome": "skipped", "reason": reason})

    def _without_photo(self, reason: str) -> None:
        data = {"kind": "face", "outcome": "skipped", "reason": reason}
        self._go(Phase.IDENTIFIED, "identity", data)

    def _start_exam(self) -> None:
        now = self._clock.now()
        self.exam_started = now
        self._evidence.record(now, "exam.start", {})
        self._evidence.observe(Event(now, ExamStarted()))
        self.phase = advance(self.phase, Phase.RUNNING)
        self._announce()

    def _go(
        self, to: Phase, kind: str, data: dict[str, Any], blobs: tuple[BlobRef, ...] = ()
    ) -> None:
        self._record(kind, data, blobs)
        detail = ""
        if to is Phase.CALIBRATED and data["outcome"] != "done":
            judged = "head, eyes and gaze are not judged"
            holds = "the calibration before it still holds"
            what = judged if self._calibration is None else holds
            detail = f"Not calibrated ({data['reason']}): {what}."
        self._move(to, detail)

    def _move(self, to: Phase, detail: str = "") -> None:
        self.phase = advance(self.phase, to)
        self._arrive(detail)

    def _arrive(self, detail: str = "") -> None:
        """Say where the session is; past a step that this exam does not have."""
        if self.phase is Phase.IDENTIFIED and not self._settings.offered:
            reason = "this exam offers no calibration (an accommodation)"
            self._go(Phase.CALIBRATED, "calibration", {"outcome": "skipped", "reason": reason})
            return
        self._announce(detail)

    def _announce(self, detail: str = "") -> None:
        """Tell the kiosk the phase; with nobody there, take the phase's step at once."""
        self._hands.say(self._notice())
        self._hands.say(stdio.PhaseIs(self.phase, detail))
        if self._unattended:
            self._step_alone()

    def _step_alone(self) -> None:
        skip = stdio.SkipStep("left out on the command line")
        match self.phase:
            case Phase.OPENED:
                notice = self._notice()
                self.candidate(stdio.Consent(True, notice.sha256, "en", unattended=True))
            case Phase.CONSENTED if self._skip_preparation:
                self.candidate(skip)
            case Phase.CONSENTED:
                self._photo_wanted = True
                self._hands.alarm(PHOTO_TIMEOUT_S)
            case Phase.IDENTIFIED:
                self.candidate(skip if self._skip_preparation else stdio.Calibrate())
            case Phase.CALIBRATED:
                self.candidate(stdio.StartExam())
            case _:
                return

    def _notice(self) -> stdio.Notice:
        exam = self._session.exam
        kept = exam.exam.policy.recording
        return stdio.Notice(
            exam=exam.exam.title,
            institution=exam.exam.institution,
            text=exam.exam.notice,
            sha256=digest(exam.exam.notice.encode("utf-8")),
            signer=exam.signer,
            limits=self._limits(),
            calibration=self._settings.offered,
            sealed_to=[fingerprint(key) for key in exam.exam.seal_to],
            window_titles=kept.window_titles,
            clips=kept.clips,
            voice_clips=kept.voice_clips,
        )

    def _limits(self) -> list[str]:
        """What is not possible here, or less well than it could be: a line for each reason."""
        names: dict[str, list[str]] = {}
        for ability in self._session.capabilities:
            if ability.level is Level.NOT_POSSIBLE or ability.fix:
                names.setdefault(ability.reason, []).append(ability.name)
        return [f"{', '.join(same)}: {reason}" for reason, same in names.items()]

    def _record(self, kind: str, data: dict[str, Any], blobs: tuple[BlobRef, ...] = ()) -> None:
        self._evidence.record(self._clock.now(), kind, data, blobs)


def _calibration_data(calibration: Calibration, reason: str) -> dict[str, Any]:
    """The ``data`` of the record of a calibration that gave a pose, and perhaps the gaze."""
    data = {
        "outcome": "done",
        "error_deg": calibration.neutral.spread_deg,
        "gaze_error_deg": calibration.gaze_error_deg,
        "samples": calibration.neutral.samples,
        "calibration": calibration.to_json(),
    }
    return {**data, "reason": reason} if reason else data
