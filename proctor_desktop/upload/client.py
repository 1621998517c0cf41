"""The endpoint's REST calls as typed functions; what goes wrong becomes one of two exceptions."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, cast

import requests

from proctor_desktop.core.chain import BlobRef, Head
from proctor_desktop.core.errors import PeerRefused, PeerUnreachable
from proctor_desktop.hosts.library_network import own_network_settings
from proctor_desktop.upload.bandwidth import Bandwidth, Paced
from proctor_desktop.wire import rest

TIMEOUTS_S = (5.0, 30.0)
"""Connecting, and waiting for each piece of an answer."""

LONGEST_WAIT_S = 3600.0
"""A server may ask for more patience than this, but is not given it."""

LONGEST_ANSWER_S = 120.0
MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""An answer that never ends must not hold up the delivery; looked at after each piece of it."""

_PIECE_BYTES = 4 * 1024

_LATER = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
_PROBLEM = "application/problem+json"


class Conflict(PeerRefused):
    """The server's chain ends elsewhere than we thought: at ``head``."""

    def __init__(self, message: str, head: Head) -> None:
        super().__init__(409, message)
        self.head = head


class Client:
    """Calls one endpoint for one session. Not for use by several threads at once.

    ``bandwidth`` slows records and files down to what the exam allows; all else is small.
    """

    def __init__(
        self,
        endpoint: str,
        session: str,
        bandwidth: Bandwidth | None = None,
        timeouts_s: tuple[float, float] = TIMEOUTS_S,
    ) -> None:
        self._bandwidth = bandwidth
        self._timeouts_s = timeouts_s
        self._sessions = endpoint.rstrip("/") + rest.PREFIX + "/sessions/"
        self._base = f"{self._sessions}{session}/"
        self._http = _own_session(endpoint)
        self._http.auth = self._authorise
        self.token = ""

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def enrol(self, envelope: bytes) -> rest.EnrolReply:
        """Register the session, or get a new token for it."""
        body = self._call("POST", self._sessions, data=envelope, content_type="application/json")
        return cast("rest.EnrolReply", _holding(body, token=str, server_key=str))

    def enrol_late(
        self, exam: bytes, opening: Sequence[bytes], checkpoint: bytes
    ) -> rest.LateReply:
        """Announce a session whose key is not here: what it signed at its start is the proof."""
        body: rest.LateRequest = {
            "exam": json.loads(exam),
            "records": [record.decode("utf-8") for record in opening],
            "checkpoint": json.loads(checkpoint),
        }
        reply = self._call(
            "POST", f"{self._sessions}late/", data=_laid_out(body), content_type="application/json"
        )
        return cast("rest.LateReply", _holding(reply, token=str, server_key=str, head=dict))

    def send_records(self, raw: Sequence[bytes], checkpoints: Sequence[bytes]) -> rest.RecordsReply:
        """Send a contiguous batch; raises Conflict with the server's head if it does not fit."""
        body: rest.RecordsRequest = {
            "records": [record.decode("utf-8") for record in raw],
            "checkpoints": [json.loads(checkpoint) for checkpoint in checkpoints],
        }
        data = _laid_out(body)
        answer = self._call(
            "POST",
            f"{self._base}records/",
            data=self._paced(io.BytesIO(data), len(data)),
            content_type="application/json",
        )
        return cast("rest.RecordsReply", _holding(answer, receipt=dict))

    def put_blob(self, blob: BlobRef, path: Path) -> rest.BlobReply:
        """Send a file under its hash; only the answer that names it says that it arrived."""
        with path.open("rb") as file:
            return self.put_content(blob, file, os.fstat(file.fileno()).st_size)

    def put_content(self, blob: BlobRef, content: BinaryIO, size_bytes: int) -> rest.BlobReply:
        """The same for a file that is open already, or lies within another one."""
        body = self._call(
            "PUT",
            f"{self._base}blobs/{blob.sha256}/",
            data=self._paced(content, size_bytes),
            content_type=blob.type,
        )
        if _holding(body, sha256=str)["sha256"] != blob.sha256:
            raise PeerUnreachable("the answer is not the endpoint's: it names another file")
        return cast("rest.BlobReply", body)

    def heartbeat(self, beat: rest.HeartbeatRequest) -> rest.HeartbeatReply:
        """Say that we are here and how we are."""
        reply = _holding(self._post("heartbeat/", beat), health=int)
        return cast("rest.HeartbeatReply", reply)

    def verify_initial(self, kind: str, sha256: str) -> None:
        """Name the reference photo among the blobs that were sent."""
        self._post("verify-initial/", {"kind": kind, "blob": sha256})

    def missing(self) -> list[str]:
        """The blobs that records name and the server has not got."""
        return self.reconcile()["missing"]

    def reconcile(self) -> rest.MissingReply:
        """The same with the server's health and time."""
        body = _holding(
            self._call("GET", f"{self._base}missing/"), missing=list, server_time=str, health=int
        )
        return cast("rest.MissingReply", body)

    def end(self, head: Head) -> rest.EndReply:
        """Close the session and get the server's score."""
        body: rest.EndRequest = {"head": {"seq": head.seq, "hash": head.hash}}
        reply = _holding(self._post("end/", body), score=(int, float), risk=str, missing=list)
        return cast("rest.EndReply", reply)

    def detail(self) -> dict[str, Any]:
        """Everything that the server says about the session."""
        return dict(self._call("GET", self._base))

    def stored_records(self, after_seq: int = 0) -> list[str]:
        """The records as the server holds them, a page from ``after_seq`` on."""
        body = self._call("GET", f"{self._base}records/?after={after_seq}")
        return [str(text) for text in _holding(body, records=list)["records"]]

    def _post(self, path: str, body: Any) -> Any:
        return self._call(
            "POST", self._base + path, data=_laid_out(body), content_type="application/json"
        )

    def _paced(self, body: BinaryIO, size_bytes: int) -> BinaryIO | Paced:
        return Paced(body, size_bytes, self._bandwidth) if self._bandwidth else body

    def _call(self, method: str, url: str, data: Any = None, content_type: str = "") -> Any:
        headers = {"Accept": f"application/json, {_PROBLEM}"}
        if content_type:
            headers["Content-Type"] = content_type
        try:
            with self._http.request(
                method,
                url,
                data=data,
                headers=headers,
                timeout=self._timeouts_s,
                allow_redirects=False,
                stream=True,
            ) as answer:
                content = _content(answer)
        except requests.RequestException as problem:
            reason = _reason(problem, self._timeouts_s)
            raise PeerUnreachable(f"the endpoint does not answer: {reason}") from problem
        return _understood(answer, content)

    def _authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token; being there, it also keeps a ``.netrc`` from replacing it."""
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def _laid_out(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _content(answer: requests.Response) -> bytes:
    """The answer's body, which has to be of reasonable length and come in reasonable time."""
    pieces, size_bytes = [], 0
    until_s = time.monotonic() + LONGEST_ANSWER_S
    for piece in answer.iter_content(_PIECE_BYTES):
        size_bytes += len(piece)
        if size_bytes > MAX_ANSWER_BYTES or time.monotonic() > until_s:
            raise PeerUnreachable("the answer is not the endpoint's: it has no end")
        pieces.append(piece)
    return b"".join(pieces)


def _reason(problem: requests.RequestException, timeouts_s: tuple[float, float]) -> str:
    """Why there is no answer, in a few words."""
    match problem:
        case requests.exceptions.SSLError():
            return "its certificate is not accepted"
        case requests.exceptions.ConnectTimeout():
            return f"no connection within {timeouts_s[0]:g} s"
        case requests.exceptions.ReadTimeout():
            return f"nothing came within {timeouts_s[1]:g} s"
    innermost: BaseException = problem
    while (cause := innermost.__cause__ or innermost.__context__) is not None:
        innermost = cause
    return (isinstance(innermost, OSError) and innermost.strerror) or type(problem).__name__


def _understood(answer: requests.Response, content: bytes) -> Any:
    """The JSON of a good answer. A captive portal's page with status 200 is not one."""
    body = _json(answer, content)
    if answer.status_code in (200, 201) and isinstance(body, dict):
        return body
    detail = body.get("detail", "") if isinstance(body, dict) else ""
    if answer.status_code in _LATER:
        raise PeerUnreachable(f"HTTP {answer.status_code}: {detail}", _wanted_wait_s(answer))
    if answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:  # proxies say it in HTML
        raise PeerRefused(answer.status_code, detail or "too large")
    if not isinstance(body, dict) or answer.status_code < HTTPStatus.BAD_REQUEST:
        raise PeerUnreachable(f"HTTP {answer.status_code}: the answer is not the endpoint's")
    head = _head(body) if answer.status_code == HTTPStatus.CONFLICT else None
    if head is not None:
        raise Conflict(detail, head)
    raise PeerRefused(answer.status_code, detail or str(body.get("title", "refused")))


def _holding(body: dict[str, Any], **wanted: type | tuple[type, ...]) -> dict[str, Any]:
    """``body``, if it has these fields; some other JSON is no answer of the endpoint."""
    for name, kind in wanted.items():
        if not isinstance(body.get(name), kind):
            raise PeerUnreachable(f"the answer is not the endpoint's: it lacks {name!r}")
    return body


def _wanted_wait_s(answer: requests.Response) -> float | None:
    """The server's wish in seconds, within reason."""
    wait = answer.headers.get("Retry-After", "").strip()
    if not wait.isascii() or not wait.isdigit():
        return None
    return min(float(wait), LONGEST_WAIT_S)


def _head(body: dict[str, Any]) -> Head | None:
    """The server's head that a conflict states, or None."""
    stated = body.get("head")
    if not isinstance(stated, dict):
        return None
    seq, name = stated.get("seq"), stated.get("hash")
    return Head(seq, name) if isinstance(seq, int) and isinstance(name, str) else None


def _json(answer: requests.Response, content: bytes) -> Any:
    if "json" not in answer.headers.get("Content-Type", ""):
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _own_session(endpoint: str) -> requests.Session:
    """A session that goes by the proxy and certificate settings of the computer's owner.

    They are read once and here, since the environment that libraries see later is not theirs.
    """
    session = requests.Session()
    with own_network_settings():
        settings = session.merge_environment_settings(endpoint, {}, None, None, None)
    session.trust_env = False
    session.proxies.update(settings["proxies"])
    session.verify = settings["verify"]
    return session
