"""Every error as RFC 9457 ``application/problem+json``."""

from __future__ import annotations

import errno
import json
import logging
import math
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.endpoint.refusal import Refusal
from proctor_desktop.wire import rest

MEDIA_TYPE = "application/problem+json"
BUSY_RETRY_S = 2.0
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}

log = logging.getLogger(__name__)


def handle(problem: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler for the app's views; what is unexpected is left to crash."""
    refusal = _as_refusal(problem)
    if refusal is not None:
        set_rollback()
        return _refused(refusal)
    answer = exception_handler(problem, context)
    if answer is not None:
        status = HTTPStatus(answer.status_code)
        answer.data = body(status, "; ".join(_sentences(answer.data)))
        answer.content_type = MEDIA_TYPE
    return answer


def body(status: HTTPStatus, detail: str) -> rest.Problem:
    """The problem's JSON object."""
    return {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's 400."""
    log.info("bad request for %s: %s", request.path, exception)
    return _plain(HTTPStatus.BAD_REQUEST, "The request cannot be understood.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's 404."""
    log.info("nothing at %s: %s", request.path, exception)
    return _plain(HTTPStatus.NOT_FOUND, "There is nothing at this address.")


def server_error(_request: HttpRequest) -> HttpResponse:
    """The site's 500."""
    return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed; its log says how.")


def _as_refusal(problem: Exception) -> Refusal | None:
    """What the machine refuses, as something that the client can act on."""
    if isinstance(problem, Refusal):
        return problem
    if isinstance(problem, OSError) and problem.errno in _NO_ROOM:
        log.error("no room for evidence: %s", problem)
        detail = "The server's disk is full."
        return Refusal(HTTPStatus.INSUFFICIENT_STORAGE, detail, retry_after_s=BUSY_RETRY_S)
    if isinstance(problem, OperationalError):
        log.error("the database does not answer: %s", problem)
        detail = "The database is busy or not there."
        return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, detail, retry_after_s=BUSY_RETRY_S)
    if isinstance(problem, EnvironmentProblem):
        log.error("%s", problem)
        detail = "The server needs its administrator."
        return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, detail, retry_after_s=BUSY_RETRY_S)
    return None


def _refused(refusal: Refusal) -> Response:
    told = body(refusal.status, refusal.detail)
    if refusal.head is not None:
        told["head"] = {"seq": refusal.head.seq, "hash": refusal.head.hash}
    headers = {}
    if refusal.retry_after_s is not None:
        headers["Retry-After"] = str(math.ceil(refusal.retry_after_s))
    return Response(told, status=refusal.status, headers=headers, content_type=MEDIA_TYPE)


def _sentences(data: Any, where: str = "") -> Iterator[str]:
    """DRF's nested errors, each as ``field: what is wrong``."""
    if isinstance(data, dict):
        for name, inner in data.items():
            plain = name in {"detail", "non_field_errors"}
            yield from _sentences(inner, where if plain else f"{where}.{name}".strip("."))
    elif isinstance(data, list):
        for inner in data:
            yield from _sentences(inner, where)
    else:
        yield f"{where}: {data}" if where else str(data)


def _plain(status: HTTPStatus, detail: str) -> HttpResponse:
    text = json.dumps(body(status, detail))
    length = {"Content-Length": str(len(text))}
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=length)
