"""Making a session known to the endpoint, and checking what the endpoint signs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from proctor_desktop import __version__
from proctor_desktop.core.chain import Head
from proctor_desktop.core.moment import Moment, rfc3339
from proctor_desktop.journal.session_folder import Credentials
from proctor_desktop.upload.client import Client
from proctor_desktop.wire import dsse, rest


@dataclass(frozen=True, slots=True)
class Admission:
    """A token, and the public key (hex) that the endpoint signs receipts with."""

    token: str
    server_key: str


class Applicant(Protocol):
    """Whoever asks the endpoint for a token to a session.

    ``late`` says that the token can only deliver what the session has signed.
    """

    @property
    def session(self) -> str:
        """The session's UUID."""
        ...

    @property
    def late(self) -> bool:
        """Whether it gets a token for a late delivery only."""
        ...

    def enrol(self, client: Client, now: Moment) -> Admission:
        """Ask for a token; raises PeerProblem."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """What the endpoint is told about a session, once and again after a lost token."""

    session: str
    credentials: Credentials
    exam_envelope: bytes
    candidate: rest.Candidate
    started: str
    late = False

    def enrol(self, client: Client, now: Moment) -> Admission:
        """Ask for a token as the session itself."""
        reply = client.enrol(enrol_envelope(self, now))
        return Admission(reply["token"], reply["server_key"])


@dataclass(frozen=True, slots=True)
class Opening:
    """What a session whose own enrolment is lost can still show: the start that its key signed.

    ``records`` end where the first checkpoint does. The endpoint takes it like an export.
    """

    session: str
    exam_envelope: bytes
    records: Sequence[bytes]
    checkpoint: bytes
    late = True

    def enrol(self, client: Client, now: Moment) -> Admission:  # noqa: ARG002 - as Identity's
        """Ask for a token that can deliver what is signed, and nothing else."""
        reply = client.enrol_late(self.exam_envelope, self.records, self.checkpoint)
        return Admission(reply["token"], reply["server_key"])


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
