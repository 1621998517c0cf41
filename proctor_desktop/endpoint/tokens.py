"""Session tokens: shown once, stored as a hash, valid for a while."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from proctor_desktop.core.chain import digest
from proctor_desktop.endpoint import conf
from proctor_desktop.endpoint.models import Session, Token

_RANDOM_BYTES = 32


def issue(session: Session, enrolment: str, now: datetime) -> str:
    """A new token for ``session``, given for the enrolment with this hash."""
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    lifetime = timedelta(seconds=conf.current().token_lifetime_s)
    Token.objects.create(
        digest=digest(token.encode()),
        session=session,
        enrolment=enrolment,
        expires_at=now + lifetime,
    )
    return token


def session_of(token: str, now: datetime) -> uuid.UUID | None:
    """The session that ``token`` opens, or None if it is unknown or has expired."""
    return (
        Token.objects.filter(digest=digest(token.encode()), expires_at__gt=now)
        .values_list("session_id", flat=True)
        .first()
    )
