"""Making a session known to the endpoint, and checking what the endpoint signs."""

from __future__ import annotations

import json
from dataclasses import dataclass

from proctor_desktop import __version__
from proctor_desktop.core.chain import Head
from proctor_desktop.core.moment import Moment, rfc3339
from proctor_desktop.journal.session_folder import Credentials
from proctor_desktop.wire import dsse, rest


@dataclass(frozen=True, slots=True)
class Identity:
    """What the endpoint is told about a session, once and again after a lost token."""

    session: str
    credentials: Credentials
    exam_envelope: bytes
    candidate: rest.Candidate
    started: str


class BadReceipt(ValueError):
    """The endpoint's receipt does not cover what we sent, or is not signed by its key."""


def enrol_envelope(who: Identity, now: Moment) -> bytes:
    """The signed request: its key proves that the session is ours to register."""
    payload: rest.EnrolPayload = {
        "session": who.session,
        "session_key": who.credentials.session_key,
        "delegation": json.loads(who.credentials.delegation),
        "exam": json.loads(who.exam_envelope),
        "candidate": who.candidate,
        "started": who.started,
        "client": f"proctor-desktop/{__version__}",
        "sent": rfc3339(now.wall_utc),
    }
    return dsse.sign_json(who.credentials.key, dsse.ENROL, payload)


def receipt_head(reply: rest.RecordsReply, session: str, server_key: str) -> tuple[Head, bytes]:
    """The head that a receipt covers and its envelope; raises BadReceipt.

    Nothing may be believed delivered before this has passed.
    """
    try:
        envelope = json.dumps(reply["receipt"], separators=(",", ":")).encode("utf-8")
        body = dsse.verify(envelope, dsse.RECEIPT, [server_key]).json()
        head = Head(int(body["seq"]), str(body["head"]))
    except (dsse.BadEnvelope, KeyError, TypeError, ValueError) as problem:
        raise BadReceipt(f"the receipt is not the endpoint's: {problem}") from problem
    if body.get("session") != session:
        raise BadReceipt("the receipt is for another session")
    return head, envelope
