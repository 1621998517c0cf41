"""A network that does its worst: a proxy between client and endpoint, with one fault a request.

It understands just enough HTTP/1.1 to know where a request and an answer end. Each request draws a
fault (or none) from ``draw``; ``down`` lets every connection end at once, as in an outage.
"""

from __future__ import annotations

import contextlib
import random
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any


class Fault(StrEnum):
    """What may happen to a request."""

    NONE = "none"
    LATENCY = "latency"
    BANDWIDTH = "narrow bandwidth"
    SLICED = "answer in slices"
    SILENCE = "no answer at all"
    RESET_BEFORE = "reset before the request is read"
    RESET_WITHIN = "reset in the middle of the request"
    ACK_LOST = "answer lost after the commit"
    ACK_CUT = "answer cut after the commit"
    GATEWAY_LOST = "502 after the commit"
    DUPLICATED = "request sent twice"
    TOO_MANY = "429 with Retry-After"
    UNAVAILABLE = "503"
    SERVER_ERROR = "500"
    FULL = "507"
    BAD_REQUEST = "400 from something on the way"
    EXPIRED = "401 to a token that holds"
    PORTAL = "captive portal: 200 with HTML"
    PORTAL_JSON = "captive portal: 200 with JSON"
    TLS_MISMATCH = "another server's certificate"


_ANSWERS: dict[Fault, tuple[int, str, str]] = {
    Fault.TOO_MANY: (429, "application/problem+json", '{"detail":"slow down"}'),
    Fault.UNAVAILABLE: (503, "text/html", "<h1>503</h1>"),
    Fault.SERVER_ERROR: (500, "text/html", "<h1>500</h1>"),
    Fault.FULL: (507, "application/problem+json", '{"detail":"no room"}'),
    Fault.BAD_REQUEST: (400, "application/problem+json", '{"detail":"the body ended early"}'),
    Fault.EXPIRED: (401, "application/problem+json", '{"detail":"the token has expired"}'),
    Fault.PORTAL: (200, "text/html", "<html>Please log in</html>"),
    Fault.PORTAL_JSON: (200, "application/json", '{"success":true}'),
    Fault.GATEWAY_LOST: (502, "text/html", "<h1>502</h1>"),
}
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Certificates:
    """What a proxy shows: the certificate that the client trusts, and another one."""

    trusted: Path
    another: Path


def faults(draw: random.Random, share: float, among: tuple[Fault, ...]) -> Callable[[], Fault]:
    """A source of faults: ``share`` of all requests get one, and each kind comes up in turn."""
    deck: list[Fault] = []
    lock = threading.Lock()

    def next_fault() -> Fault:
        with lock:
            if draw.random() >= share:
                return Fault.NONE
            if not deck:
                deck.extend(draw.sample(among, len(among)))
            return deck.pop()

    return next_fault


class ChaosProxy:
    """Stands before the endpoint at ``upstream`` (host:port); ``seen`` counts the faults."""

    def __init__(
        self, upstream: str, next_fault: Callable[[], Fault], certificates: Certificates | None
    ) -> None:
        self.upstream = upstream
        self.seen: Counter[Fault] = Counter()
        self.down = False
        self.impostor = False
        self.next_fault = next_fault
        self.certificates = certificates
        self.client_address = f"10.{random.randrange(256)}.{random.randrange(256)}.1"
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.proxy = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        scheme = "https" if certificates else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> ChaosProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    proxy: ChaosProxy

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is part of it."""


class _Connection(StreamRequestHandler):
    """One connection of the client: any number of requests."""

    server: _Server

    def handle(self) -> None:
        proxy = self.server.proxy
        if proxy.down:
            self._reset()
            return
        if proxy.certificates is not None:
            wrong, proxy.impostor = proxy.impostor, False
            shown = proxy.certificates.another if wrong else proxy.certificates.trusted
            if not self._greet(shown) or wrong:
                return
        with contextlib.suppress(OSError, HTTPException):
            while self._request(proxy.next_fault()):
                pass

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.request.close()  # a wrapped socket is not the one that the server closes

    def _greet(self, certificate: Path) -> bool:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        try:
            self.request = context.wrap_socket(self.request, server_side=True)
        except OSError:
            return False
        self.rfile = self.request.makefile("rb")
        return True

    def _request(self, fault: Fault) -> bool:
        """Take one request and let ``fault`` happen to it; False at the connection's end."""
        first = self.rfile.readline()
        if not first:
            return False
        headers = self._headers()
        proxy = self.server.proxy
        proxy.seen[fault] += 1
        if fault is Fault.TLS_MISMATCH:  # the next connection meets somebody else
            proxy.impostor = True
            return self._reset()
        if fault is Fault.RESET_BEFORE or proxy.down:
            return self._reset()
        length = int(headers.get("content-length", "0"))
        if fault is Fault.RESET_WITHIN:
            self.rfile.read(length // 2)
            return self._reset()
        return self._answer(first, headers, self._body(length, fault), fault)

    def _answer(self, first: bytes, headers: dict[str, str], body: bytes, fault: Fault) -> bool:
        if fault in _ANSWERS and fault is not Fault.GATEWAY_LOST:
            return self._say(*_ANSWERS[fault])
        if fault is Fault.SILENCE:
            self.request.settimeout(30)
            return bool(self.rfile.read(1))  # until the client has had enough
        answer = self._forward(first, headers, body, twice=fault is Fault.DUPLICATED)
        return self._pass_on(answer, fault)

    def _headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while line := self.rfile.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            found[name.lower()] = value.strip()
        return found

    def _body(self, length: int, fault: Fault) -> bytes:
        if fault is not Fault.BANDWIDTH:
            return self.rfile.read(length)
        pieces = []
        while length:
            pieces.append(self.rfile.read(min(length, 8192)))
            length -= len(pieces[-1])
            time.sleep(0.004)  # about 2 MB a second
        return b"".join(pieces)

    def _forward(
        self, first: bytes, headers: dict[str, str], body: bytes, *, twice: bool
    ) -> tuple[HTTPResponse, bytes]:
        """What the endpoint says; to the second of two where ``twice``."""
        method, path, _ = first.decode("latin-1").split(" ")
        sent = {**headers, "x-forwarded-for": self.server.proxy.client_address}
        sent["host"] = self.server.proxy.upstream
        for _ in range(2 if twice else 1):
            upstream = HTTPConnection(self.server.proxy.upstream, timeout=60)
            with contextlib.closing(upstream):
                upstream.request(method, path, body, sent)
                answer = upstream.getresponse()
                content = answer.read()
        return answer, content

    def _pass_on(self, answered: tuple[HTTPResponse, bytes], fault: Fault) -> bool:
        answer, content = answered
        if fault is Fault.ACK_LOST:
            return self._reset()
        if fault is Fault.GATEWAY_LOST:
            return self._say(*_ANSWERS[fault])
        if fault is Fault.LATENCY:
            time.sleep(0.1)
        raw = self._laid_out(answer.status, answer.getheader("Content-Type", ""), content)
        if fault is Fault.ACK_CUT:
            self.request.sendall(raw[: len(raw) - 1 - len(content) // 2])
            return self._reset()
        size = max(1, len(raw) // 20) if fault is Fault.SLICED else len(raw)
        for start in range(0, len(raw), size):
            self.request.sendall(raw[start : start + size])
            if size < len(raw):
                time.sleep(0.002)
        return True

    def _say(self, status: int, media_type: str, text: str) -> bool:
        self.request.sendall(self._laid_out(status, media_type, text.encode()))
        return True

    def _laid_out(self, status: int, media_type: str, content: bytes) -> bytes:
        wait = "Retry-After: 0\r\n" if status in (429, 503) else ""
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\n{wait}"
        return f"{head}Content-Length: {len(content)}\r\n\r\n".encode("latin-1") + content

    def _reset(self) -> bool:
        with contextlib.suppress(OSError):
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        with contextlib.suppress(OSError):
            self.request.close()
        return False
