"""The handshake: a signed enrolment in, a session and a token out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db import transaction

from proctor_desktop.config import exam as exam_file
from proctor_desktop.core.chain import is_sha256
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.endpoint import conf, tokens
from proctor_desktop.endpoint.envelope import canonical
from proctor_desktop.endpoint.models import Candidate, ExamFile, Session, Token
from proctor_desktop.endpoint.models.people import NAME_CHARS
from proctor_desktop.endpoint.refusal import Refusal, security
from proctor_desktop.wire import dsse


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A verified and checked enrolment; ``sha256`` is that of the payload that was signed."""

    session: uuid.UUID
    session_key: str
    exam: bytes
    name: str
    email: str
    started: datetime
    client: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The token, shown only here, and whether the session is new."""

    token: str
    created: bool


def open_envelope(envelope: bytes) -> dsse.Opened:
    """The enrolment, signed by a key that the session key has named for it; raises Refusal.

    The session key itself is gone when a client asks for another token.
    """
    try:
        return dsse.verify(envelope, dsse.ENROL, [_enrol_key(dsse.peek(envelope))])
    except (dsse.BadEnvelope, ValueError) as problem:
        detail = f"The enrolment is not signed by a key of the session: {problem}."
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, detail) from problem


def _enrol_key(stated: Mapping[str, Any]) -> str:
    """The key that the session key lets enrol this session; raises BadEnvelope or ValueError."""
    session_key = stated.get("session_key")
    if not isinstance(session_key, str) or not is_sha256(session_key):
        raise dsse.BadEnvelope("it names no session key (64 lower-case hex digits)")
    delegation = canonical(stated.get("delegation"))
    named = dsse.verify(delegation, dsse.DELEGATION, [session_key]).json()
    bound = (named.get("session"), named.get("session_key"))
    if bound != (stated.get("session"), session_key):
        raise dsse.BadEnvelope("its delegation is for another session")
    return str(named.get("enrol_key"))


def enrol(wish: Enrolment, now: datetime) -> Enrolled:
    """Find or make exam, candidate and session, and give a new token.

    A session that is known keeps its key, exam and candidate: anything else is refused with 409,
    and so is an enrolment that was used before, because whoever repeats it word for word need not
    hold the key.
    """
    with transaction.atomic():
        session, created = known_or_new(wish)
        _refuse_replay(session, wish)
        return Enrolled(tokens.issue(session, wish.sha256, now), created)


def known_or_new(wish: Enrolment) -> tuple[Session, bool]:
    """The session that ``wish`` is about, and whether it is new; to be called in a transaction.

    Raises Refusal (409) where it is known with another key, exam or candidate.
    """
    signed = _signed_exam(wish.exam)
    exam, _ = ExamFile.objects.get_or_create(sha256=signed.sha256, defaults=_exam_columns(signed))
    candidate, _ = Candidate.objects.get_or_create(email=wish.email, defaults={"name": wish.name})
    session, created = Session.objects.select_for_update().get_or_create(
        pk=wish.session,
        defaults={
            "exam": exam,
            "candidate": candidate,
            "session_key": wish.session_key,
            "due_key": wish.session_key,
            "client": wish.client,
            "started_at": wish.started,
        },
    )
    _refuse_another(session, wish, exam, candidate)
    return session, created


def _signed_exam(envelope: bytes) -> exam_file.SignedExam:
    if len(envelope) > exam_file.MAX_EXAM_BYTES:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The exam is too large.")
    try:
        return exam_file.open_envelope(envelope, "exam", conf.current().institution_keys)
    except EnvironmentProblem as problem:
        detail = f"The exam is not accepted here: {problem.why}."
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, detail) from problem


def _exam_columns(signed: exam_file.SignedExam) -> dict[str, object]:
    exam = signed.exam
    return {
        "envelope": signed.envelope,
        "signer": signed.signer,
        "exam_id": exam.id[:NAME_CHARS],
        "title": exam.title[:NAME_CHARS],
        "institution": exam.institution[:NAME_CHARS],
        "policy_json": exam_file.policy_to_json(exam.policy),
    }


def _refuse_another(
    session: Session, wish: Enrolment, exam: ExamFile, candidate: Candidate
) -> None:
    same = (
        session.session_key == wish.session_key
        and session.exam_id == exam.pk
        and session.candidate_id == candidate.pk
    )
    if not same:
        security.warning("session %s: enrolment with another key, exam or candidate", session.pk)
        raise Refusal(
            HTTPStatus.CONFLICT, "This session is enrolled with another key, exam or candidate."
        )


def _refuse_replay(session: Session, wish: Enrolment) -> None:
    if Token.objects.filter(session=session, enrolment=wish.sha256).exists():
        security.warning("session %s: an enrolment was replayed", session.pk)
        raise Refusal(
            HTTPStatus.CONFLICT, "This enrolment was used before; sign a new one for a new token."
        )
