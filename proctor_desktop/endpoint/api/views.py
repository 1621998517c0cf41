"""The calls. Each takes its body apart, asks one function, and puts the answer together."""

from __future__ import annotations

import json
import uuid
from http import HTTPStatus
from typing import Any, cast

from django.http.request import UnreadablePostError
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from proctor_desktop.core.chain import EMPTY, Head, digest, is_sha256
from proctor_desktop.core.moment import rfc3339
from proctor_desktop.endpoint import (
    blobs,
    closing,
    conf,
    detail,
    enrolment,
    ingest,
    late,
    live,
    reference,
    server_key,
    simple,
)
from proctor_desktop.endpoint.api import bodies, permissions
from proctor_desktop.endpoint.api.authentication import TokenHolder
from proctor_desktop.endpoint.api.base import KIB, EndpointView, require_session, whole_number
from proctor_desktop.endpoint.api.throttling import EnrolThrottle
from proctor_desktop.endpoint.envelope import MAX_CHECKPOINT_BYTES, canonical
from proctor_desktop.endpoint.refusal import Refusal
from proctor_desktop.wire import dsse, rest

# How much a record may grow as a JSON string: a quote doubles, a letter becomes \uXXXX.
_JSON_OVERHEAD = 3
_MAX_DIGITS = 15


class Sessions(EndpointView):
    """``POST sessions/``: the handshake."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (EnrolThrottle,)
    max_body_bytes = 3 * KIB * KIB

    def post(self, request: Request) -> Response:
        """201 for a new session, 200 for one that was known; both with a new token."""
        now = timezone.now()
        opened = enrolment.open_envelope(_envelope(request.data))
        enrolled = enrolment.enrol(self._wish(opened), now)
        answer: rest.EnrolReply = {
            "session": opened.json()["session"],
            "token": enrolled.token,
            "server_key": dsse.public_hex(server_key.current()),
            "server_time": rfc3339(now),
            "heartbeat_s": conf.current().heartbeat_s,
        }
        return Response(answer, status=HTTPStatus.CREATED if enrolled.created else HTTPStatus.OK)

    def _wish(self, opened: dsse.Opened) -> enrolment.Enrolment:
        body = self.valid(bodies.EnrolBody, opened.json())
        return _enrolment(body, body["session_key"], digest(opened.payload))


class LateSessions(EndpointView):
    """``POST sessions/late/``: the handshake of somebody who brings a session's export."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (EnrolThrottle,)
    max_body_bytes = _JSON_OVERHEAD * rest.MAX_BATCH_BYTES + 3 * KIB * KIB

    def post(self, request: Request) -> Response:
        """201 for a new session, 200 for one that was known; both with a token for the export."""
        now = timezone.now()
        body = self.valid(bodies.LateBody, request.data)
        _refuse_too_much(body["records"], [body["checkpoint"]])
        opening = late.check(body["records"], body["checkpoint"], body["exam"])
        wish = self.valid(bodies.OpeningBody, opening.as_enrolment(json.loads(body["exam"])))
        admitted = late.admit(_enrolment(wish, opening.session_key, ""), now)
        answer: rest.LateReply = {
            "session": str(wish["session"]),
            "token": admitted.token,
            "server_key": dsse.public_hex(server_key.current()),
            "server_time": rfc3339(now),
            "head": {"seq": admitted.head.seq, "hash": admitted.head.hash},
        }
        return Response(answer, status=HTTPStatus.CREATED if admitted.created else HTTPStatus.OK)


class SessionDetail(EndpointView):
    """``GET sessions/{id}/``."""

    def get(self, _request: Request, session: uuid.UUID) -> Response:
        """How the session stands."""
        require_session(session)
        return Response(detail.detail(session))


class Records(EndpointView):
    """``POST`` and ``GET sessions/{id}/records/``."""

    late_methods = ("POST",)
    max_body_bytes = _JSON_OVERHEAD * rest.MAX_BATCH_BYTES + rest.MAX_BATCH_RECORDS * KIB

    def post(self, request: Request, session: uuid.UUID) -> Response:
        """Take in a batch; the receipt is the acknowledgement."""
        body = self.valid(bodies.RecordsBody, request.data)
        _refuse_too_much(body["records"], body["checkpoints"])
        done = ingest.accept(session, body["records"], body["checkpoints"], timezone.now())
        answer: rest.RecordsReply = {
            "head": {"seq": done.head.seq, "hash": done.head.hash},
            "receipt": json.loads(done.receipt),
        }
        return Response(answer)

    def get(self, request: Request, session: uuid.UUID) -> Response:
        """Records as the texts received: those ``?after=`` a number, at most ``?limit=``."""
        require_session(session)
        after = whole_number(request, "after", EMPTY.seq)
        limit = whole_number(request, "limit", rest.MAX_BATCH_RECORDS)
        page = min(rest.MAX_BATCH_RECORDS, max(1, limit))
        return Response(detail.records(session, after, page))


class Blob(EndpointView):
    """``PUT sessions/{id}/blobs/{sha256}/``."""

    late_methods = ("PUT",)

    def put(self, request: Request, session: uuid.UUID, sha256: str) -> Response:
        """Stream the raw body to disk; 201 when it is new, 200 when it was here."""
        if not is_sha256(sha256):
            raise NotFound
        if _is_late(request) and not late.names(session, sha256):
            raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "No record names this file.")
        size_bytes = _content_length(request)
        media_type = request.content_type.partition(";")[0].strip().lower()
        try:
            created = blobs.receive(session, sha256, media_type, request.stream, size_bytes)
        except UnreadablePostError as problem:
            raise Refusal(HTTPStatus.BAD_REQUEST, "The body ended early.") from problem
        answer: rest.BlobReply = {"sha256": sha256, "size": size_bytes}
        return Response(answer, status=HTTPStatus.CREATED if created else HTTPStatus.OK)


class Missing(EndpointView):
    """``GET sessions/{id}/missing/``."""

    late_methods = ("GET",)

    def get(self, _request: Request, session: uuid.UUID) -> Response:
        """Blobs that records name and that are not here."""
        require_session(session)
        answer: rest.MissingReply = {
            "missing": blobs.missing(session),
            "health": live.present_health(),
            "server_time": rfc3339(timezone.now()),
        }
        return Response(answer)


class Heartbeat(EndpointView):
    """``POST sessions/{id}/heartbeat/``."""

    def post(self, request: Request, session: uuid.UUID) -> Response:
        """Keep it; answer with the server's health and what waits for the client."""
        body = self.valid(bodies.HeartbeatBody, request.data)
        return Response(live.beat(session, cast("rest.HeartbeatRequest", body), timezone.now()))


class VerifyInitial(EndpointView):
    """``POST sessions/{id}/verify-initial/``."""

    def post(self, request: Request, session: uuid.UUID) -> Response:
        """Mark the reference photo."""
        body = cast("rest.VerifyInitialRequest", self.valid(bodies.VerifyInitialBody, request.data))
        return Response({**body, "here": reference.mark(session, body)})


class End(EndpointView):
    """``POST sessions/{id}/end/``."""

    late_methods = ("POST",)

    def post(self, request: Request, session: uuid.UUID) -> Response:
        """Close; the outcome comes from the records."""
        head = self.valid(bodies.EndBody, request.data)["head"]
        is_late = _is_late(request)
        if is_late and not late.is_closed(session):
            raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "No record closes this session.")
        at = Head(head["seq"], head["hash"])
        return Response(closing.end(session, at, timezone.now(), only_whole=is_late))


class SimpleViolation(EndpointView):
    """``POST /api/proctor/record-violation/`` for web clients that keep no chain."""

    permission_classes = (permissions.HoldsToken,)
    max_body_bytes = rest.MAX_BLOB_BYTES * 4 // 3 + 64 * KIB

    def post(self, request: Request) -> Response:
        """Store the violation and its picture; 429 within a second of the last."""
        body = self.valid(bodies.SimpleViolationBody, request.data)
        session: uuid.UUID = body["session_id"]
        if not isinstance(request.user, TokenHolder) or request.user.session != session:
            raise NotFound
        now = timezone.now()
        made = simple.record_violation(
            session,
            body["violation_type"],
            body.get("timestamp", now),
            body.get("details", {}),
            body["image"],
            now,
        )
        answer = {"number": made.number, "still": made.still, "source": made.source}
        return Response(answer, status=HTTPStatus.CREATED)


def _enrolment(body: dict[str, Any], session_key: str, sha256: str) -> enrolment.Enrolment:
    return enrolment.Enrolment(
        session=body["session"],
        session_key=session_key,
        exam=body["exam"],
        name=body["candidate"]["name"],
        email=body["candidate"]["email"].lower(),
        started=body["started"],
        client=body["client"],
        sha256=sha256,
    )


def _is_late(request: Request) -> bool:
    return isinstance(request.user, TokenHolder) and request.user.late


def _envelope(data: Any) -> bytes:
    try:
        return canonical(data)
    except ValueError as problem:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"This is no envelope: {problem}.") from problem


def _refuse_too_much(records: list[str], checkpoints: list[bytes]) -> None:
    too_many = len(records) > rest.MAX_BATCH_RECORDS or len(checkpoints) > len(records)
    too_long = sum(len(text.encode("utf-8")) for text in records) > rest.MAX_BATCH_BYTES
    if too_many or too_long or max(map(len, checkpoints)) > MAX_CHECKPOINT_BYTES:
        detail_text = (
            f"A batch has at most {rest.MAX_BATCH_RECORDS} records, {rest.MAX_BATCH_BYTES} bytes"
            " and small checkpoints, at most one a record."
        )
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail_text)


def _content_length(request: Request) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    if not text.isascii() or not text.isdigit():
        raise Refusal(HTTPStatus.LENGTH_REQUIRED, "A blob is sent with its Content-Length.")
    size_bytes = int(text[:_MAX_DIGITS])  # a longer number is too large all the same
    if size_bytes == 0:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "A blob has at least one byte.")
    return size_bytes
