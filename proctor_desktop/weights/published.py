"""Fetching a publisher's own file over https, and refusing anything else that comes instead.

Only ``weights sync`` does this, and only for files whose published bytes are known. What arrives
is held in memory, no larger than what was expected, until its hash was checked.
"""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import IO, Protocol

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights.site_folder import FOLDER_VARIABLE

TIMEOUT_S = 20.0
_WHOLE_S = 300.0
_CHUNK_BYTES = 1 << 16
_HTTPS = "https://"
_REMEDY = (
    "Check the network and its proxy, or put the file into a folder and name that folder in "
    f"{FOLDER_VARIABLE}."
)


class Answer(Protocol):
    """The part of an HTTP answer that is used here."""

    def read(self, amount: int, /) -> bytes:
        """At most ``amount`` bytes; none at the end."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


OpenUrl = Callable[[str], Answer]
"""Opens an address; raises OSError or http.client.HTTPException."""

FetchUrl = Callable[[str, int], bytes]
"""The content of an address, no longer than so many bytes; raises EnvironmentProblem."""


def fetch(url: str, most_bytes: int, open_url: OpenUrl | None = None) -> bytes:
    """The content of ``url``; raises EnvironmentProblem.

    Refused are other protocols than https (after a redirect as well), certificates that do not
    hold, content of more than ``most_bytes``, and a server that keeps one waiting.
    """
    if not url.startswith(_HTTPS):
        raise EnvironmentProblem(url, "it is not an https address", "Correct the manifest.")
    try:
        answer = (open_url or _open)(url)
        try:
            data = _read(answer, most_bytes, time.monotonic() + _WHOLE_S)
        finally:
            answer.close()
    except (OSError, http.client.HTTPException) as problem:
        if isinstance(problem, urllib.error.HTTPError):
            problem.close()  # it is the answer, too
        raise EnvironmentProblem(
            url, f"it cannot be fetched ({_said(problem)})", _REMEDY
        ) from problem
    if len(data) > most_bytes:
        raise EnvironmentProblem(
            url,
            f"the publisher's file differs: it has more than the {most_bytes} bytes expected",
            "Put the file this release expects into a folder and name that folder in "
            f"{FOLDER_VARIABLE}.",
        )
    return data


def _read(answer: Answer, most_bytes: int, until_s: float) -> bytes:
    """What the answer holds, and of a longer one no more than shows that it is longer."""
    data = bytearray()
    while len(data) <= most_bytes:
        chunk = answer.read(min(_CHUNK_BYTES, most_bytes + 1 - len(data)))
        if not chunk:
            break
        data += chunk
        if time.monotonic() > until_s:
            raise TimeoutError(f"it took more than {_WHOLE_S:.0f} s")
    return bytes(data)


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to another https address."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not newurl.startswith(_HTTPS):
            fp.close()
            raise urllib.error.URLError(f"it leads to {newurl}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(url: str) -> Answer:
    verified = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    opener = urllib.request.build_opener(verified, _HttpsOnly)
    answer: Answer = opener.open(url, timeout=TIMEOUT_S)
    return answer


def _said(problem: Exception) -> str:
    reason = getattr(problem, "reason", None) or problem
    return str(reason) or type(reason).__name__
