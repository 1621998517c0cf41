"""MediaPipe's own web build in a headless browser, on frames that we hand it.

The npm package is fetched with npm and checked against the hash below; nothing of it is installed.
Where there is no browser or no npm the comparison is left out, and says so.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import queue
import shutil
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

PACKAGE = "@mediapipe/tasks-vision@1.1.0"
INTEGRITY = (
    "sha512-ZJqh0wMKOINorfSffvDAxzyO1//c+FiG3IkzOdNDnLqvBB3DbMfj0"
    "bB/tys2SNf9S914sgoIbIpF4HTOi336cg=="
)
TIMEOUT_S = 180
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_TYPES = {".html": "text/html", ".mjs": "text/javascript", ".js": "text/javascript"}
_TYPES |= {".wasm": "application/wasm", ".png": "image/png", ".task": "application/octet-stream"}


class NotMeasured(Exception):
    """Something that this comparison needs is not here; the message says what."""


def frame_times_ms(
    frames: Sequence[NDArray[np.uint8]], model: Path, core: int
) -> tuple[list[float], int]:
    """Milliseconds of each ``detectForVideo`` on one core, and how many faces were found."""
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise NotMeasured("no Chromium here (Debian, Ubuntu: apt install chromium)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _unpack(folder)
        shutil.copy(model, folder / "model.task")
        shutil.copy(Path(__file__).with_name("page.html"), folder / "page.html")
        (folder / "frames").mkdir()
        for number, image in enumerate(frames):
            cv2.imwrite(
                str(folder / "frames" / f"{number}.png"), cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
            )
        told = _run(browser, folder, len(frames), core)
    if "problem" in told:
        raise NotMeasured(f"the web build failed: {told['problem']}")
    return told["times"], told["faces"]


def _unpack(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NotMeasured("no npm here (Debian, Ubuntu: apt install npm)")
    done = subprocess.run(
        [npm, "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotMeasured(f"npm could not fetch {PACKAGE}: {done.stderr.strip()[-200:]}")
    archive = folder / done.stdout.strip().splitlines()[-1]
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise NotMeasured(f"{PACKAGE} is not the package that was measured before")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")


def _run(browser: str, folder: Path, count: int, core: int) -> dict[str, Any]:
    results: queue.Queue[dict[str, Any]] = queue.Queue()
    handler = functools.partial(_Handler, folder, results)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/page.html?frames={count}"
    words = ["taskset", "-c", str(core), browser, "--headless=new", "--no-sandbox", "--disable-gpu"]
    process = subprocess.Popen(
        [*words, f"--user-data-dir={folder / 'profile'}", address],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return results.get(timeout=TIMEOUT_S)
    except queue.Empty:
        return {"problem": f"no answer within {TIMEOUT_S} s"}
    finally:
        process.terminate()
        process.wait(10)
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Serves one folder to the browser and takes its answer."""

    def __init__(self, folder: Path, results: queue.Queue[dict[str, Any]], *rest: Any) -> None:
        self._folder = folder
        self._results = results
        super().__init__(*rest)

    def do_GET(self) -> None:
        path = (self._folder / self.path.partition("?")[0].lstrip("/")).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", _TYPES.get(path.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        self._results.put(json.loads(body))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the figures are what is printed."""
