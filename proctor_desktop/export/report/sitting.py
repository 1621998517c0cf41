"""What happened in a session, as its records tell it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from proctor_desktop.core.chain import BlobRef, Record
from proctor_desktop.core.moment import NS_PER_S, from_rfc3339
from proctor_desktop.core.observation import Health, Source
from proctor_desktop.core.rules.identity_mismatch import NOT_COMPARED
from proctor_desktop.core.session import PHASE_OF_RECORD, Phase
from proctor_desktop.export.report import fields

NOT_TOLD = frozenset({"observations", "heartbeat"})
"""Kinds that a report has no use for; by far the most numerous."""

_NEVER_LONGER_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class ToldViolation:
    """A violation with the last figures that its records give.

    ``at_s`` counts from the session's first record to the violation's onset, ``wall`` is that
    moment in UTC. ``ended`` is empty for one that no record ends.
    """

    number: int
    rule: str
    at_s: float
    wall: datetime
    severity: str = ""
    reason: str = ""
    measured: float | None = None
    threshold: float | None = None
    unit: str = ""
    duration_s: float = 0.0
    confidence: float | None = None
    calibration_error_deg: float | None = None
    ended: str = ""
    still: BlobRef | None = None
    overlay: BlobRef | None = None


@dataclass(frozen=True, slots=True)
class ToldClip:
    """A recording around violations, and where it stands in the session's time.

    ``about`` says what it holds in a few words; ``blob`` is None for a record without its file.
    """

    violations: tuple[int, ...]
    source: str
    span: Span
    about: str
    blob: BlobRef | None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the session's time, in seconds from its first record."""

    name: str
    start_s: float
    end_s: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ToldCapability:
    """One ability of the candidate's machine, as the client stated it."""

    name: str
    level: str
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class ToldCalibration:
    """One calibration: when it ended, how, and how good it is."""

    at_s: float
    done: bool
    words: str
    eyes: bool
    error_deg: float | None
    gaze_error_deg: float | None


@dataclass(slots=True)
class Sitting:
    """Everything that a report tells about one session. Built by :func:`sitting`."""

    candidate_name: str = ""
    candidate_email: str = ""
    client: str = ""
    exam_title: str = ""
    institution: str = ""
    started: datetime | None = None
    length_s: float = 0.0
    exam_started_s: float | None = None
    closed: str = ""
    phases: list[Span] = field(default_factory=list)
    absences: list[Span] = field(default_factory=list)
    reduced: list[Span] = field(default_factory=list)
    violations: dict[int, ToldViolation] = field(default_factory=dict)
    starts: list[Record] = field(default_factory=list)
    clips: list[ToldClip] = field(default_factory=list)
    capabilities: list[ToldCapability] = field(default_factory=list)
    consent: str = ""
    calibrations: list[ToldCalibration] = field(default_factory=list)
    reference_photo: BlobRef | None = None
    segments: int = 0
    warnings: int = 0
    unreadable: int = 0
    skipped_pictures: int = 0

    @property
    def exam_s(self) -> float:
        """How long the exam ran."""
        running = (one for one in self.phases if one.name == Phase.RUNNING.value)
        return sum(one.end_s - one.start_s for one in running)

    @property
    def calibration(self) -> ToldCalibration | None:
        """The one that holds at the end: the last that was done, or else the last."""
        done = [one for one in self.calibrations if one.done]
        tried = done or self.calibrations
        return tried[-1] if tried else None

    def calibrated_from_s(self, *, eyes: bool) -> float | None:
        """When the first was done, with the eyes if they are asked for; None if none was."""
        fit = (one.at_s for one in self.calibrations if one.done and (one.eyes or not eyes))
        return next(fit, None)

    def clips_of(self, violation: int) -> list[ToldClip]:
        """The recordings around this violation."""
        return [clip for clip in self.clips if violation in clip.violations]

    def exam_offset_s(self, at_s: float) -> float:
        """Seconds since the exam began; since the session's first record when it never did."""
        return at_s - (self.exam_started_s or 0.0)


def sitting(records: Iterable[Record]) -> Sitting:
    """Tell a session from its records, which may be all of them or all but ``NOT_TOLD``."""
    told, before = Sitting(), None
    for record in records:
        told.length_s += _passed_s(before, record)
        before = record
        again = record.kind == "calibration" and told.exam_started_s is not None
        if record.kind in PHASE_OF_RECORD and not again:
            _enter(told, PHASE_OF_RECORD[record.kind].value)
        _tell(told, record)
    if told.phases:
        told.phases[-1] = replace(told.phases[-1], end_s=told.length_s)
    return told


def _passed_s(before: Record | None, record: Record) -> float:
    """Monotonic within one boot; by the wall clock over a restart of the computer."""
    if before is None:
        return 0.0
    if before.boot == record.boot:
        return max(0.0, (record.mono_ns - before.mono_ns) / NS_PER_S)
    wall = datetime.fromisoformat(record.wall) - datetime.fromisoformat(before.wall)
    return max(0.0, wall.total_seconds())


def _tell(told: Sitting, record: Record) -> None:
    match record.kind:
        case "session.open":
            _open(told, record)
        case "capabilities":
            told.capabilities = [
                ToldCapability(*(fields.text(item, key) for key in ToldCapability.__slots__))
                for item in fields.mappings(record.data, "capabilities")
            ]
        case "consent":
            given = record.data.get("given") is True
            alone = " by the machine's own settings" if record.data.get("unattended") else ""
            told.consent = f"given{alone}" if given else "not given"
        case "identity":
            told.reference_photo = _picture(record) or told.reference_photo
        case "calibration":
            _calibrate(told, record)
        case "exam.start":
            told.exam_started_s = told.exam_started_s or told.length_s
        case "violation.start" | "violation.update" | "violation.end":
            _violate(told, record)
        case "gap" | "not_captured" | "restart":
            told.absences.append(_absence(told, record))
        case "source":
            _source(told, record)
        case "clip":
            told.clips.append(_clip(told, record))
        case "segment" | "warning":
            _count(told, record.kind)
        case "session.close":
            told.closed = fields.text(record.data, "reason", "closed")


def _count(told: Sitting, kind: str) -> None:
    told.segments += kind == "segment"
    told.warnings += kind == "warning"


def _source(told: Sitting, record: Record) -> None:
    """A source that works with less; what one lost is told by the gap that it leaves."""
    name, reason, state = (fields.text(record.data, key) for key in ("source", "reason", "state"))
    if name == Source.CAMERA.value and told.exam_started_s is not None:
        told.skipped_pictures += max(0, fields.whole(record.data, "skipped") or 0)
    told.reduced = [_ended(one, name, state, reason, told.length_s) for one in told.reduced]
    if state == Health.DEGRADED.value:
        told.reduced.append(Span(name, told.length_s, told.length_s, reason))


def _ended(span: Span, name: str, state: str, reason: str, now_s: float) -> Span:
    """The span of a source that gives less, ended if what is told now takes its place.

    That faces cannot be compared is another matter than how much there is time for: it lasts.
    """
    lasting = span.reason.startswith(NOT_COMPARED) or reason.startswith(NOT_COMPARED)
    if span.name != name or span.end_s > span.start_s or lasting or not state:
        return span
    return replace(span, end_s=now_s)


def _enter(told: Sitting, phase: str) -> None:
    if told.phases:
        told.phases[-1] = replace(told.phases[-1], end_s=told.length_s)
    told.phases.append(Span(phase, told.length_s, told.length_s))


def _open(told: Sitting, record: Record) -> None:
    candidate = fields.mapping(record.data, "candidate")
    exam = fields.mapping(record.data, "exam")
    told.candidate_name = fields.text(candidate, "name")
    told.candidate_email = fields.text(candidate, "email")
    told.exam_title = fields.text(exam, "title")
    told.institution = fields.text(exam, "institution")
    told.client = fields.text(record.data, "client")
    told.started = from_rfc3339(record.wall)


def _calibrate(told: Sitting, record: Record) -> None:
    outcome, reason = fields.text(record.data, "outcome"), fields.text(record.data, "reason")
    found = record.data.get("calibration")
    told.calibrations.append(
        ToldCalibration(
            at_s=told.length_s,
            done=outcome == "done",
            words=f"{outcome}: {reason}" if reason else outcome,
            eyes=not isinstance(found, dict) or found.get("eyes") is not None,
            error_deg=fields.number(record.data, "error_deg"),
            gaze_error_deg=fields.number(record.data, "gaze_error_deg"),
        )
    )


def _violate(told: Sitting, record: Record) -> None:
    data = record.data
    number, rule = fields.whole(data, "violation"), fields.text(data, "rule")
    if number is None or not rule:
        told.unreadable += 1
        return
    known = told.violations.get(number)
    if known is None:
        known = _begin(told, record, number, rule)
    if record.kind == "violation.start":
        told.starts.append(record)
        known = replace(known, still=_picture(record), overlay=_named(record, "overlay"))
    told.violations[number] = replace(
        known,
        severity=fields.text(data, "severity", known.severity),
        reason=fields.text(data, "reason", known.reason),
        measured=fields.number(data, "measured"),
        threshold=fields.number(data, "threshold"),
        unit=fields.text(data, "unit", known.unit),
        duration_s=max(0.0, fields.number(data, "duration_s") or 0.0),
        confidence=fields.number(data, "confidence"),
        calibration_error_deg=fields.number(data, "calibration_error_deg"),
        ended=fields.text(data, "ended", "ended") if record.kind == "violation.end" else "",
    )


def _begin(told: Sitting, record: Record, number: int, rule: str) -> ToldViolation:
    """A violation at its onset, which lies before the record by the rule's own time."""
    onset_ns = fields.whole(record.data, "onset_mono_ns")
    before_s = 0.0 if onset_ns is None else (record.mono_ns - onset_ns) / NS_PER_S
    if not 0 <= before_s <= min(_NEVER_LONGER_S, told.length_s):
        before_s = 0.0
    wall = from_rfc3339(record.wall)
    try:
        wall -= timedelta(seconds=before_s)
    except OverflowError:  # a wall clock in the first days of the calendar
        before_s = 0.0
    return ToldViolation(number, rule, told.length_s - before_s, wall)


def _absence(told: Sitting, record: Record) -> Span:
    data = record.data
    seconds = fields.number(data, "seconds") or 0.0
    name = {
        "gap": fields.text(data, "source", "a source"),
        "not_captured": fields.text(data, "what", "something"),
        "restart": "monitor restarted",
    }[record.kind]
    start_s = max(0.0, told.length_s - max(0.0, seconds))
    return Span(name, start_s, told.length_s, fields.text(data, "reason"))


def _picture(record: Record) -> BlobRef | None:
    """The picture as it was taken; the first one where the record does not say which it is."""
    images = (blob for blob in record.blobs if blob.type.startswith("image/"))
    overlay = _named(record, "overlay")
    return _named(record, "untouched") or next((one for one in images if one != overlay), None)


def _named(record: Record, name: str) -> BlobRef | None:
    """The picture that the record gives this name; None unless it is a file of that record."""
    sha256 = fields.text(fields.mapping(record.data, "pictures"), name)
    images = (blob for blob in record.blobs if blob.type.startswith("image/"))
    return next((blob for blob in images if blob.sha256 == sha256), None)


def _clip(told: Sitting, record: Record) -> ToldClip:
    data = record.data
    source = fields.text(data, "source", "a source")
    start_s, end_s = (_at_s(told, record, name) for name in ("started", "ended"))
    frames = fields.whole(data, "frames")
    about = "sound" if frames is None else f"video, {frames} pictures"
    violations = tuple(fields.wholes(data, "violations"))
    span = Span(source, start_s, max(start_s, end_s))
    return ToldClip(violations, source, span, about, next(iter(record.blobs), None))


def _at_s(told: Sitting, record: Record, name: str) -> float:
    """Where a wall time of the record's data lies in the session; the record's own if unknown."""
    try:
        wall = from_rfc3339(fields.text(record.data, name))
    except ValueError:
        return told.length_s
    before_s = (from_rfc3339(record.wall) - wall).total_seconds()
    return min(max(told.length_s - before_s, 0.0), told.length_s)


def mean_confidence(violations: Iterable[ToldViolation]) -> float | None:
    """How sure these violations are on average; None where none says."""
    stated = [one.confidence for one in violations if one.confidence is not None]
    return sum(stated) / len(stated) if stated else None


def worst_calibration_deg(violations: Iterable[ToldViolation]) -> float | None:
    """The largest calibration error that these violations were measured with, if any."""
    stated = (one.calibration_error_deg for one in violations)
    return max((one for one in stated if one is not None), default=None)
