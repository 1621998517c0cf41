"""A session as whoever may see it is told of it."""

from __future__ import annotations

import uuid
from typing import Any

from proctor_desktop.core.moment import rfc3339
from proctor_desktop.endpoint import blobs, closing
from proctor_desktop.endpoint.models import Session, StoredRecord, Violation
from proctor_desktop.wire import rest


def detail(session_id: uuid.UUID) -> dict[str, Any]:
    """Everything but the records and files themselves; raises Session.DoesNotExist.

    Score, risk and flag are computed afresh from the records that are here.
    """
    session = Session.objects.select_related("exam", "candidate").get(pk=session_id)
    result = closing.outcome(session)
    return {
        **_of_session(session),
        "score": result.score,
        "risk": result.risk.value,
        "flagged": result.flagged,
        "reasons": list(result.reasons),
        "violations": result.counts,
        "violation_list": [_of_violation(row) for row in _violations(session)],
        "head": head_body(session),
        "receipts": session.receipts.count(),
        "stored_blobs": session.stored_blobs.count(),
        "missing": blobs.missing(session_id),
    }


def records(session_id: uuid.UUID, after: int, limit: int) -> dict[str, Any]:
    """Up to ``limit`` records after number ``after``, as the texts that were received.

    ``next`` is the ``after`` of the following page, or None at the end.
    """
    session = Session.objects.get(pk=session_id)
    rows = StoredRecord.objects.filter(session=session, seq__gt=after).order_by("seq")
    raws = list(rows.values_list("raw", flat=True)[:limit])
    last = after + len(raws)
    return {
        "records": [bytes(raw).decode("utf-8") for raw in raws],
        "head": head_body(session),
        "next": last if raws and last < session.head_seq else None,
    }


def head_body(session: Session) -> rest.HeadBody:
    """The server's head in the form of the wire."""
    return {"seq": session.head_seq, "hash": session.head_hash}


def _of_session(session: Session) -> dict[str, Any]:
    exam, candidate = session.exam, session.candidate
    return {
        "session": str(session.pk),
        "exam": {
            "id": exam.exam_id,
            "title": exam.title,
            "institution": exam.institution,
            "sha256": exam.sha256,
            "signer": exam.signer,
        },
        "candidate": {"name": candidate.name, "email": candidate.email},
        "client": session.client,
        "state": "closed" if session.ended_at else "open",
        "phase": session.phase,
        "face_status": session.face_status,
        "started": rfc3339(session.started_at),
        "created": rfc3339(session.created_at),
        "last_seen": rfc3339(session.last_seen_at) if session.last_seen_at else None,
        "late": rfc3339(session.late_at) if session.late_at else None,
        "ended": rfc3339(session.ended_at) if session.ended_at else None,
        "reference": {"face": session.reference_face, "id": session.reference_id},
    }


def _violations(session: Session) -> list[Violation]:
    return list(session.violations.order_by("started_at", "pk"))


def _of_violation(row: Violation) -> dict[str, Any]:
    return {
        "source": row.source,
        "number": row.number,
        "rule": row.rule,
        "severity": row.severity,
        "reason": row.reason,
        "measured": row.measured,
        "threshold": row.threshold,
        "unit": row.unit,
        "duration_s": row.duration_s,
        "confidence": row.confidence,
        "started": rfc3339(row.started_at),
        "ended": rfc3339(row.ended_at) if row.ended_at else None,
        "still": row.still,
        "details": row.details,
    }
