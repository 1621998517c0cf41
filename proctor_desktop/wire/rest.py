"""The bodies of the endpoint's REST calls (version 1), for client and server alike.

All are JSON. ``envelope`` fields hold a DSSE envelope as a JSON object, not as a string. Records
travel as the text of their exact bytes, one string each, so that no proxy can re-serialise them.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

PREFIX = "/api/proctor/v1"
MAX_BLOB_BYTES = 2 * 1024 * 1024
MAX_BATCH_RECORDS = 500
MAX_BATCH_BYTES = 4 * 1024 * 1024


class Candidate(TypedDict):
    """Who sits the exam; the endpoint finds or makes them by e-mail address."""

    name: str
    email: str


class EnrolPayload(TypedDict):
    """Signed with the enrolment key (payload type ``dsse.ENROL``) and posted to ``sessions/``.

    The signature proves that the sender holds that key, and ``delegation`` that the session key
    named it: so the same call gets a session a new token long after the session key is destroyed.
    """

    session: str
    session_key: str
    delegation: dict[str, Any]
    exam: dict[str, Any]
    candidate: Candidate
    started: str
    client: str
    sent: str


class DelegationPayload(TypedDict):
    """Signed once by the session key (``dsse.DELEGATION``), before it signs anything else.

    ``enrol_key`` may ask for tokens; it signs no evidence.
    """

    session: str
    session_key: str
    enrol_key: str


class EnrolReply(TypedDict):
    """201 for a new session, 200 for one that was known; the token is shown only here."""

    session: str
    token: str
    server_key: str
    server_time: str
    heartbeat_s: float


class LateRequest(TypedDict):
    """A session that is delivered from its export, posted to ``sessions/late/``.

    The private key stayed on the candidate's computer, so nothing new can be signed. What the key
    signed at the time proves as much: ``records`` from the first one, which names the key, up to
    the first checkpoint, which that key signed.
    """

    exam: dict[str, Any]
    records: list[str]
    checkpoint: dict[str, Any]


class HeadBody(TypedDict):
    """The end of a chain as one side knows it; seq 0 and 64 zeros for an empty one."""

    seq: int
    hash: str


class LateReply(TypedDict):
    """A token that can only bring what the session's key has signed, and how far the server is."""

    session: str
    token: str
    server_key: str
    server_time: str
    head: HeadBody


class RecordsRequest(TypedDict):
    """A contiguous batch and all of its checkpoints in order, the last one over its last record.

    Without each of them the server could not follow from key to key.
    """

    records: list[str]
    checkpoints: list[dict[str, Any]]


class RecordsReply(TypedDict):
    """The receipt: the server's signature over session, head and its own time."""

    head: HeadBody
    receipt: dict[str, Any]


class CheckpointPayload(TypedDict):
    """Signed (``dsse.CHECKPOINT``) by the key that is due, and by no other.

    The session key is due first, then the ``next_key`` (public, hex) of the checkpoint before.
    """

    session: str
    seq: int
    head: str
    wall: str
    next_key: str


class ReceiptPayload(TypedDict):
    """Signed by the server key (``dsse.RECEIPT``)."""

    session: str
    seq: int
    head: str
    server_time: str


class BlobReply(TypedDict):
    """201 when the blob is new, 200 when the server had it."""

    sha256: str
    size: int


class MissingReply(TypedDict):
    """The blobs that records name and that are not there; health and time as in a heartbeat."""

    missing: list[str]
    health: int
    server_time: str


class HeartbeatRequest(TypedDict):
    """Every few seconds; ``sources`` maps a source's name to ``ok``, ``degraded`` or ``lost``."""

    wall: str
    phase: str
    face_status: Literal["one_face", "no_face", "multiple_faces", "unknown"]
    sources: dict[str, str]
    pending_records: int
    pending_blobs: int


class Command(TypedDict):
    """Something the proctor wants the client to do: ``warn``, ``message`` or ``pause``."""

    kind: Literal["warn", "message", "pause"]
    text: str


class HeartbeatReply(TypedDict):
    """``health`` is 0 (fine) to 10 (send nothing for now)."""

    health: int
    server_time: str
    messages: list[str]
    commands: list[Command]


class VerifyInitialRequest(TypedDict):
    """The reference photo, named by the blob that the ``identity`` record holds."""

    kind: Literal["face", "id"]
    blob: str


class EndRequest(TypedDict):
    """Closes the session at the head that the client knows."""

    head: HeadBody


class EndReply(TypedDict):
    """What the server makes of its records; the client's own figures play no part."""

    score: float
    risk: Literal["green", "yellow", "red"]
    flagged: bool
    reasons: list[str]
    violations: dict[str, int]
    head: HeadBody
    missing: list[str]


class Problem(TypedDict, total=False):
    """RFC 9457 ``application/problem+json``; a 409 carries the server's ``head``."""

    type: str
    title: str
    status: int
    detail: str
    head: HeadBody
