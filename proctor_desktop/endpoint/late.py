"""Sessions that arrive as an export: their client's disk, or its time, is gone.

Nobody who brings an export holds the session's key, so there is nothing fresh to check. What counts
is not who brings it: every record has to stand under a checkpoint of the session's key, every file
under a record, the exam under the institution's signature, here as with a live client. The token
that is given out therefore can do nothing but deliver: it reads nothing of the session, tells of no
violation and sends no heartbeat, and ends the session only where a record does, and only when
every file that the records name is here: an export may be an excerpt.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db import transaction

from proctor_desktop.core.chain import FIRST_SEQ, GENESIS, Head, Record, digest, is_sha256
from proctor_desktop.endpoint import enrolment, ingest, tokens
from proctor_desktop.endpoint.models import NamedBlob, Session
from proctor_desktop.endpoint.refusal import Refusal, security
from proctor_desktop.wire import dsse

_BAD = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Opening:
    """The start of a session, whose key vouches for it: the first record is ``record``."""

    record: Record
    session_key: str

    def as_enrolment(self, exam: dict[str, Any]) -> dict[str, Any]:
        """What the client would have said of itself when it enrolled."""
        return {
            "session": self.record.session,
            "session_key": self.session_key,
            "exam": exam,
            "candidate": self.record.data.get("candidate"),
            "started": self.record.wall,
            "client": self.record.data.get("client"),
        }


@dataclass(frozen=True, slots=True)
class Admitted:
    """The token, shown only here, whether the session is new, and what of it is here already."""

    token: str
    created: bool
    head: Head


def check(texts: Sequence[str], checkpoint: bytes, exam: bytes) -> Opening:
    """The session that these first records open; raises Refusal (422).

    The first record names the key, the key signed the last of these records, and one of them names
    the exam.
    """
    stated = _stated_session(checkpoint)
    records = ingest.read_batch(stated, texts)
    first = records[0]
    key = first.data.get("session_key")
    opens = first.kind == "session.open" and (first.seq, first.prev) == (FIRST_SEQ, GENESIS)
    if not opens or not isinstance(key, str) or not is_sha256(key):
        raise Refusal(_BAD, "The first record does not open a session with a key.")
    _check_signed(checkpoint, key, records[-1])
    named = [record.data.get("exam_sha256") for record in records if record.kind == "policy"]
    if named != [digest(exam)]:
        raise Refusal(_BAD, "The records are not of this exam.")
    return Opening(first, key)


def admit(wish: enrolment.Enrolment, now: datetime) -> Admitted:
    """Find or make the session, mark it as late, and give a token for the rest of the export."""
    with transaction.atomic():
        session, created = enrolment.known_or_new(wish)
        if session.late_at is None:
            session.late_at = now
            session.save(update_fields=["late_at"])
        return Admitted(tokens.issue_late(session, now), created, session.head)


def names(session: uuid.UUID, sha256: str) -> bool:
    """Whether a record that is here names this file."""
    return NamedBlob.objects.filter(session_id=session, sha256=sha256).exists()


def is_closed(session_id: uuid.UUID) -> bool:
    """Whether the last record that is here closes the session."""
    session = Session.objects.get(pk=session_id)
    return session.records.filter(seq=session.head_seq, kind="session.close").exists()


def _stated_session(checkpoint: bytes) -> str:
    try:
        return str(uuid.UUID(str(dsse.peek(checkpoint).get("session"))))
    except (dsse.BadEnvelope, ValueError) as problem:
        raise Refusal(_BAD, f"The checkpoint names no session: {problem}.") from problem


def _check_signed(checkpoint: bytes, key: str, last: Record) -> None:
    try:
        stated = dsse.verify(checkpoint, dsse.CHECKPOINT, [key]).json()
    except dsse.BadEnvelope as problem:
        security.warning("session %s: late delivery refused: %s", last.session, problem)
        detail = f"The checkpoint is not signed by the session's key: {problem}."
        raise Refusal(_BAD, detail) from problem
    covers = (stated.get("session"), stated.get("seq"), stated.get("head"))
    if covers != (last.session, last.seq, last.hash):
        raise Refusal(_BAD, "The checkpoint does not cover the last of these records.")
