"""What the page needs, over HTTP on loopback: files, frames, the word to go, a place to answer."""

from __future__ import annotations

import functools
import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_TYPES = {".html": "text/html", ".mjs": "text/javascript", ".js": "text/javascript"}
_TYPES |= {".wasm": "application/wasm"}
_ANY = "application/octet-stream"


@dataclass(frozen=True)
class Conversation:
    """What is said between us and one page.

    ``told`` gets whatever the page posts: ``{"ready": true}`` once all is loaded and warm, then its
    result; or ``{"problem": ...}``. The page's request for ``/go`` is answered when ``go`` is set.
    """

    address: str
    told: queue.Queue[dict[str, Any]]
    go: threading.Event


@contextmanager
def serving(folder: Path) -> Iterator[Conversation]:
    """Serve ``folder`` to one page for as long as the block lasts."""
    told: queue.Queue[dict[str, Any]] = queue.Queue()
    go = threading.Event()
    handler = functools.partial(_Handler, folder, told, go)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Conversation(f"http://127.0.0.1:{server.server_port}", told, go)
    finally:
        go.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def __init__(
        self,
        folder: Path,
        told: queue.Queue[dict[str, Any]],
        go: threading.Event,
        *rest: Any,
    ) -> None:
        self._folder = folder
        self._told = told
        self._go = go
        super().__init__(*rest)

    def do_GET(self) -> None:
        if self.path == "/go":
            self._go.wait()
            self._answer(b"", _ANY)
            return
        path = (self._folder / self.path.partition("?")[0].lstrip("/")).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            self.send_error(404)
            return
        self._answer(path.read_bytes(), _TYPES.get(path.suffix, _ANY))

    def do_POST(self) -> None:
        self._told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer(b"", _ANY)

    def _answer(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the figures are what is printed."""
