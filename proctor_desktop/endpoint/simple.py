"""Violations from web clients that keep no chain: taken in beside the records, marked as such."""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.db.models import Max

from proctor_desktop.endpoint import blobs, conf
from proctor_desktop.endpoint.models import Session, Violation
from proctor_desktop.endpoint.refusal import Refusal


def record_violation(
    session_id: uuid.UUID,
    rule: str,
    started: datetime,
    details: dict[str, Any],
    image: str,
    now: datetime,
) -> Violation:
    """Store what a simple client observed, with its picture; raises Refusal.

    At most one a second and session, like the rules themselves. It takes no part in the score: only
    what the chain vouches for does.
    """
    jpeg = decode_image(image)
    _refuse_too_soon(session_id, now)
    still = blobs.receive_jpeg(session_id, jpeg)
    with transaction.atomic():
        Session.objects.select_for_update().get(pk=session_id)
        _refuse_too_soon(session_id, now)
        return Violation.objects.create(
            session_id=session_id,
            source=Violation.Source.SIMPLE,
            number=_next_number(session_id),
            rule=rule,
            started_at=started,
            still=still,
            details=details,
        )


def decode_image(text: str) -> bytes:
    """The bytes of a base64 JPEG, with or without a ``data:image/jpeg;base64,`` header."""
    if text.startswith("data:"):
        header, comma, text = text.partition(",")
        if not comma or header not in {"data:image/jpeg;base64", "data:image/jpg;base64"}:
            raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "The image's header names no JPEG.")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        detail = f"The image is not base64: {problem}."
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, detail) from problem


def _refuse_too_soon(session_id: uuid.UUID, now: datetime) -> None:
    interval_s = conf.current().simple_interval_s
    since = now - timedelta(seconds=interval_s)
    if _simple(session_id).filter(received_at__gt=since).exists():
        raise Refusal(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"A violation is taken once in {interval_s:g} s.",
            retry_after_s=interval_s,
        )


def _next_number(session_id: uuid.UUID) -> int:
    last = _simple(session_id).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _simple(session_id: uuid.UUID) -> Any:
    return Violation.objects.filter(session_id=session_id, source=Violation.Source.SIMPLE)
