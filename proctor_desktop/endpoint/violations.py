"""What records of violations say, as rows that can be listed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from proctor_desktop.core import media_type
from proctor_desktop.core.chain import BrokenChain, Record
from proctor_desktop.core.moment import NS_PER_S, from_rfc3339
from proctor_desktop.endpoint.models import Session, Violation
from proctor_desktop.endpoint.models.evidence import REASON_CHARS
from proctor_desktop.endpoint.models.session import WORD_CHARS

START, UPDATE, END = "violation.start", "violation.update", "violation.end"
RULE_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_IMAGES = (media_type.JPEG, media_type.PNG)
_MAX_NUMBER = 2**53
_MAX_DURATION_S = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Told:
    """One moment in a violation's life, as a record tells it."""

    number: int
    rule: str
    severity: str
    reason: str
    measured: float | None
    threshold: float | None
    unit: str
    duration_s: float | None
    confidence: float | None
    still: str
    wall: datetime
    onset: datetime
    ended: bool


def told(record: Record) -> Told | None:
    """What ``record`` tells of a violation, or None if it tells of something else.

    Raises BrokenChain where number or rule are missing: without them it cannot be scored. What else
    is missing or odd stays empty here; the record itself is kept as it is.
    """
    if record.kind not in {START, UPDATE, END}:
        return None
    data = record.data
    number, rule = data.get("violation"), data.get("rule")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < _MAX_NUMBER:
        raise BrokenChain(f"record {record.seq} tells of a violation without a number")
    if not isinstance(rule, str) or not RULE_NAME.fullmatch(rule):
        raise BrokenChain(f"record {record.seq} tells of a violation without a rule")
    wall = from_rfc3339(record.wall)
    return Told(
        number=number,
        rule=rule,
        severity=_text(data.get("severity"), WORD_CHARS),
        reason=_text(data.get("reason"), REASON_CHARS),
        measured=_figure(data.get("measured")),
        threshold=_figure(data.get("threshold")),
        unit=_text(data.get("unit"), WORD_CHARS),
        duration_s=_duration(data.get("duration_s")),
        confidence=_figure(data.get("confidence")),
        still=next((blob.sha256 for blob in record.blobs if blob.type in _IMAGES), ""),
        wall=wall,
        onset=_earlier(wall, _since_onset_s(record)),
        ended=record.kind == END,
    )


def apply(session: Session, records: Iterable[Record]) -> None:
    """Bring the session's violations up to date with new records, in their order."""
    steps = [step for record in records if (step := told(record)) is not None]
    numbers = {step.number for step in steps}
    chained = Violation.objects.filter(session=session, source=Violation.Source.RECORD)
    rows = {row.number: row for row in chained.filter(number__in=numbers)} if numbers else {}
    for step in steps:
        row = rows.setdefault(step.number, _opened(session, step))
        _bring_up_to(row, step)
    for row in rows.values():
        row.save()


def _opened(session: Session, step: Told) -> Violation:
    return Violation(
        session=session,
        source=Violation.Source.RECORD,
        number=step.number,
        rule=step.rule,
        started_at=step.onset,
    )


def _bring_up_to(row: Violation, step: Told) -> None:
    for name in ("severity", "reason", "measured", "threshold", "unit", "confidence"):
        value = getattr(step, name)
        if value not in (None, ""):
            setattr(row, name, value)
    if step.duration_s is not None:
        row.duration_s = step.duration_s
    row.still = row.still or step.still
    if step.ended:
        row.ended_at = _later(row.started_at, step.duration_s) or step.wall


def _text(value: Any, chars: int) -> str:
    """Printable text that every database can hold."""
    if not isinstance(value, str):
        return ""
    return "".join(c if c.isprintable() else " " for c in value)[:chars]


def _figure(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        figure = float(value)
    except OverflowError:
        return None
    return figure if math.isfinite(figure) else None


def _since_onset_s(record: Record) -> float | None:
    """From the onset to the record, by the clock that does not jump where that is told."""
    onset_ns = record.data.get("onset_mono_ns")
    if isinstance(onset_ns, int) and not isinstance(onset_ns, bool):
        elapsed_ns = _figure(record.mono_ns - onset_ns)
        return _duration(None if elapsed_ns is None else elapsed_ns / NS_PER_S)
    return _duration(record.data.get("duration_s"))


def _earlier(wall: datetime, by_s: float | None) -> datetime:
    try:
        return wall - timedelta(seconds=by_s or 0.0)
    except OverflowError:
        return wall


def _later(started: datetime, duration_s: float | None) -> datetime | None:
    try:
        return None if duration_s is None else started + timedelta(seconds=duration_s)
    except OverflowError:
        return None


def _duration(value: Any) -> float | None:
    figure = _figure(value)
    return figure if figure is not None and 0 <= figure <= _MAX_DURATION_S else None
