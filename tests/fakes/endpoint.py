"""A small endpoint on loopback: real HTTP, real signatures, and answers that can be scripted."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.core.chain import EMPTY, BrokenChain, Head, decode, digest, follow
from proctor_desktop.wire import dsse, rest

PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Says:
    """An answer instead of the real one; with ``after`` the real work is done first."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = PROBLEM
    after: bool = False


@dataclass(frozen=True, slots=True)
class HangsUp:
    """The connection is reset; with ``after`` once the request has been carried out."""

    after: bool = False


PORTAL = Says(200, "<html>Please log in to the café's network</html>", content_type="text/html")


class FakeEndpoint:
    """One session's endpoint. ``says(call, …)`` scripts the next answers to a kind of call.

    The calls are ``enrol late records blob heartbeat verify-initial missing end``; ``calls``
    lists those that came. ``records`` and ``blobs`` hold what was taken.
    """

    def __init__(self, key: Ed25519PrivateKey | None = None) -> None:
        self.key = key or Ed25519PrivateKey.generate()
        self.records: list[bytes] = []
        self.checkpoints: dict[int, dict[str, Any]] = {}
        self.blobs: dict[str, bytes] = {}
        self.beats: list[dict[str, Any]] = []
        self.photos: list[str] = []
        self.enrolments: list[dict[str, Any]] = []
        self.ended: list[Head] = []
        self.calls: list[str] = []
        self.batches: list[int] = []
        self.authorisations: list[str | None] = []
        self.token = ""
        self.room_bytes = 100 * 1024 * 1024
        self.health = 0
        self.server_time = "2026-01-01T00:00:00.000000Z"
        self._script: dict[str, deque[Says | HangsUp]] = defaultdict(deque)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.005,), name="fake-endpoint"
        )
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeEndpoint:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def server_key(self) -> str:
        return dsse.public_hex(self.key)

    @property
    def head(self) -> Head:
        return Head(len(self.records), digest(self.records[-1])) if self.records else EMPTY

    def says(self, call: str, *answers: Says | HangsUp) -> None:
        """Give these answers to the next calls of this kind, then the real ones again."""
        self._script[call].extend(answers)

    # -- what it does ------------------------------------------------------------------------

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> Says | HangsUp:
        call = self._call(request.path)
        self.calls.append(call)
        self.authorisations.append(request.headers["Authorization"])
        script = self._script[call]
        scripted = script.popleft() if script else None
        if scripted is not None and not scripted.after:
            return scripted
        real = self._carry_out(call, request, body)
        return scripted or real

    def _call(self, path: str) -> str:
        rest_of = path.removeprefix(f"{rest.PREFIX}/sessions/").strip("/").split("/")
        if rest_of == [""]:
            return "enrol"
        if rest_of == ["late"]:
            return "late"
        return {"blobs": "blob"}.get(rest_of[1], rest_of[1].partition("?")[0])

    def _carry_out(self, call: str, request: BaseHTTPRequestHandler, body: bytes) -> Says:
        if call == "enrol":
            return self._enrol(body)
        if call == "late":
            return self._late(json.loads(body))
        if request.headers["Authorization"] != f"Bearer {self.token}":
            return Says(401, {"detail": "Who are you?"})
        if len(body) > self.room_bytes:
            return Says(413, "<html>413</html>", content_type="text/html")
        if call == "blob":
            return self._blob(request.path.rstrip("/").rpartition("/")[2], body)
        told = json.loads(body) if body else {}
        return {
            "records": self._records,
            "heartbeat": self._heartbeat,
            "verify-initial": self._photo,
            "missing": self._missing,
            "end": self._end,
        }[call](told)

    def _enrol(self, body: bytes) -> Says:
        told = dsse.peek(body)
        delegation = json.dumps(told["delegation"]).encode()
        named = dsse.verify(delegation, dsse.DELEGATION, [told["session_key"]]).json()
        assert named["session"] == told["session"]
        dsse.verify(body, dsse.ENROL, [named["enrol_key"]])
        self.enrolments.append(told)
        self.token = f"token-{len(self.enrolments)}"
        reply = {
            "session": told["session"],
            "token": self.token,
            "server_key": self.server_key,
            "server_time": "2026-01-01T00:00:00.000000Z",
            "heartbeat_s": 5.0,
        }
        return Says(201, reply, content_type="application/json")

    def _late(self, told: dict[str, Any]) -> Says:
        first = decode(told["records"][0].encode())
        checkpoint = json.dumps(told["checkpoint"]).encode()
        dsse.verify(checkpoint, dsse.CHECKPOINT, [first.data["session_key"]])
        self.enrolments.append({**first.data, "session": first.session})
        self.token = f"late-token-{len(self.enrolments)}"
        reply = {
            "session": first.session,
            "token": self.token,
            "server_key": self.server_key,
            "server_time": self.server_time,
            "head": {"seq": self.head.seq, "hash": self.head.hash},
        }
        return Says(201, reply, content_type="application/json")

    def _records(self, told: dict[str, Any]) -> Says:
        raw = [text.encode() for text in told["records"]]
        self.batches.append(len(raw))
        parsed = [decode(one) for one in raw]
        try:
            head = self.head
            for record in parsed:
                if record.seq <= head.seq:
                    if self.records[record.seq - 1] != record.raw:
                        raise BrokenChain(f"record {record.seq} is here with other content")
                    continue
                head = follow(head, record)
                self.records.append(record.raw)
        except BrokenChain as problem:
            here = {"seq": self.head.seq, "hash": self.head.hash}
            return Says(409, {"detail": str(problem), "head": here})
        signed = Head(parsed[-1].seq, parsed[-1].hash)
        last = [self._follow_key(json.dumps(one).encode()) for one in told["checkpoints"]][-1]
        assert last == signed
        return self.receipt(signed)

    def _follow_key(self, checkpoint: bytes) -> Head:
        """Take a checkpoint by the key that is due; the head that it covers."""
        seq = dsse.peek(checkpoint)["seq"]
        earlier = [stated for at, stated in self.checkpoints.items() if at < seq]
        due = earlier[-1]["next_key"] if earlier else self.enrolments[-1]["session_key"]
        stated = dsse.verify(checkpoint, dsse.CHECKPOINT, [due]).json()
        assert self.checkpoints.setdefault(seq, stated) == stated
        assert digest(self.records[seq - 1]) == stated["head"]
        return Head(seq, stated["head"])

    def receipt(self, over: Head, /, **changes: Any) -> Says:
        """The answer to a batch that ends there."""
        payload = {
            "session": self.enrolments[-1]["session"],
            "seq": over.seq,
            "head": over.hash,
            "server_time": self.server_time,
            **changes,
        }
        envelope = json.loads(dsse.sign_json(self.key, dsse.RECEIPT, payload))
        body = {"head": {"seq": over.seq, "hash": over.hash}, "receipt": envelope}
        return Says(200, body, content_type="application/json")

    def _blob(self, sha256: str, body: bytes) -> Says:
        if digest(body) != sha256:
            return Says(422, {"detail": "The content is not what its name says."})
        status = 200 if sha256 in self.blobs else 201
        self.blobs[sha256] = body
        reply = {"sha256": sha256, "size": len(body)}
        return Says(status, reply, content_type="application/json")

    def _heartbeat(self, told: dict[str, Any]) -> Says:
        self.beats.append(told)
        reply = {
            "health": self.health,
            "server_time": self.server_time,
            "messages": [],
            "commands": [],
        }
        return Says(200, reply, content_type="application/json")

    def _photo(self, told: dict[str, Any]) -> Says:
        self.photos.append(told["blob"])
        return Says(200, {}, content_type="application/json")

    def _missing(self, _told: dict[str, Any]) -> Says:
        named = {blob.sha256 for raw in self.records for blob in decode(raw).blobs}
        reply = {
            "missing": sorted(named - set(self.blobs)),
            "health": self.health,
            "server_time": self.server_time,
        }
        return Says(200, reply, content_type="application/json")

    def _end(self, told: dict[str, Any]) -> Says:
        lacking = {blob.sha256 for raw in self.records for blob in decode(raw).blobs}
        if self.token.startswith("late-") and lacking - set(self.blobs):
            return Says(422, {"detail": "Files are not here; it stays open."})
        self.ended.append(Head(**told["head"]))
        reply = {
            "score": 95.0,
            "risk": "green",
            "flagged": False,
            "reasons": [],
            "violations": {},
            "head": told["head"],
            "missing": [],
        }
        return Says(200, reply, content_type="application/json")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = endpoint.answer(self, body)
                if isinstance(answer, HangsUp):
                    self.connection.setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                    )
                    self.connection.close()
                    return
                self._send(answer)

            do_GET = do_POST = do_PUT = _any  # noqa: N815 - the server's names

            def _send(self, answer: Says) -> None:
                plain = isinstance(answer.body, str)
                text = answer.body if plain else json.dumps(answer.body)
                with contextlib.suppress(OSError):
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.content_type)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                """Tests are quiet."""

        return Handler
