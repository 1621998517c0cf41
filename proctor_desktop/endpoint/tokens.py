"""Session tokens: shown once, stored as a hash, valid for a while."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from proctor_desktop.core.chain import digest
from proctor_desktop.endpoint import conf
from proctor_desktop.endpoint.models import Session, Token

_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True)
class Opens:
    """The session that a token opens; ``late`` if only for the content of its export."""

    session: uuid.UUID
    late: bool


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


def issue_late(session: Session, now: datetime) -> str:
    """A new token for whoever brings the session's export: it can only deliver what is in it.

    The proof is the export, which others may hold, too; so there may be several, and none of them
    lets anybody see or say anything.
    """
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    lifetime = timedelta(seconds=conf.current().token_lifetime_s)
    name = digest(token.encode())
    Token.objects.create(
        digest=name, session=session, enrolment=name, expires_at=now + lifetime, late=True
    )
    return token


def opened_by(token: str, now: datetime) -> Opens | None:
    """What ``token`` opens, or None if it is unknown or has expired."""
    found = (
        Token.objects.filter(digest=digest(token.encode()), expires_at__gt=now)
        .values_list("session_id", "late")
        .first()
    )
    return Opens(*found) if found else None
