"""The end of a session, and what its records come to."""

from __future__ import annotations

import uuid
from datetime import datetime
from http import HTTPStatus

from django.db import transaction

from proctor_desktop.core.chain import Head, decode
from proctor_desktop.core.scoring import Score, score
from proctor_desktop.endpoint import blobs, violations
from proctor_desktop.endpoint.models import Session
from proctor_desktop.endpoint.refusal import Refusal
from proctor_desktop.wire import rest


def outcome(session: Session) -> Score:
    """Score, risk and flag, from the records that are here and the policy that was signed.

    Only the starts of violations count, so only these are read.
    """
    starts = session.records.filter(kind=violations.START).order_by("seq")
    raws = starts.values_list("raw", flat=True)
    return score((decode(bytes(raw)) for raw in raws), session.exam.policy)


def end(
    session_id: uuid.UUID, head: Head, now: datetime, *, only_whole: bool = False
) -> rest.EndReply:
    """Close the session at ``head``; the same again changes nothing.

    Raises Refusal (409, with the server's head) if the server's chain ends elsewhere. What arrives
    later is still taken in: a closed session loses no evidence. With ``only_whole`` a session of
    which files are missing is scored but stays open (422).
    """
    with transaction.atomic():
        session = (
            Session.objects.select_for_update(of=("self",))
            .select_related("exam")
            .get(pk=session_id)
        )
        if session.head != head:
            detail = f"The server's chain ends at record {session.head_seq}."
            raise Refusal(HTTPStatus.CONFLICT, detail, head=session.head)
        result, missing = outcome(session), blobs.missing(session_id)
        stays_open = only_whole and bool(missing)
        if not stays_open:
            session.ended_at = session.ended_at or now
        session.score, session.risk = result.score, result.risk.value
        session.flagged = result.flagged
        session.save(update_fields=["ended_at", "score", "risk", "flagged"])
    if stays_open:
        detail = f"{len(missing)} files that the records name are not here; it stays open."
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
    return {
        "score": result.score,
        "risk": result.risk.value,
        "flagged": result.flagged,
        "reasons": list(result.reasons),
        "violations": result.counts,
        "head": {"seq": head.seq, "hash": head.hash},
        "missing": missing,
    }
