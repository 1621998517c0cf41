"""Delivers a session's evidence: records first, then stills, then video, until all is receipted.

The database is the queue: the worker keeps nothing in memory that it could lose. It reads with its
own read-only connection and writes through the journal's one writer.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from proctor_desktop.core.backoff import CAP_IN_EXAM_S, delay_s
from proctor_desktop.core.chain import BlobRef, Head
from proctor_desktop.core.errors import PeerProblem, PeerRefused, PeerUnreachable
from proctor_desktop.core.moment import Clock
from proctor_desktop.journal.ledger import State
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.writer import Writer
from proctor_desktop.upload.client import Client
from proctor_desktop.upload.enrol import Identity, enrol_envelope
from proctor_desktop.upload.records import RecordSender
from proctor_desktop.wire import rest

IDLE_S = 1.0
_UNAUTHORISED = frozenset({401, 403})
_NEVER = frozenset({400, 413, 415, 422})
_PHOTO, _PHOTO_REFUSED = "photo", "photo_refused"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Status:
    """How the delivery stands; ``trouble`` is a sentence for a person, or empty."""

    online: bool = False
    trouble: str = ""
    server_key: str = ""


class UploadWorker:
    """One thread that sends until stopped; it looks whenever ``work`` is set."""

    def __init__(
        self,
        client: Client,
        reader: Reader,
        writer: Writer,
        identity: Identity,
        clock: Clock,
        crashed: Callable[[BaseException], None],
        work: threading.Event,
        cap_s: float = CAP_IN_EXAM_S,
    ) -> None:
        self._client = client
        self._reader = reader
        self._writer = writer
        self._identity = identity
        self._clock = clock
        self._crashed = crashed
        self._cap_s = cap_s
        self._work = work
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._beat: rest.HeartbeatRequest | None = None
        self._records = RecordSender(client, reader, writer, identity.session)
        self.status = Status(server_key=reader.fact("server_key") or "")
        self._client.token = reader.fact("token") or ""
        self._thread = threading.Thread(target=self._run, name="upload", daemon=True)

    def start(self) -> None:
        """Begin sending."""
        self._thread.start()

    def wake(self) -> None:
        """Something new is committed."""
        self._work.set()

    def stop(self, timeout_s: float) -> None:
        """Stop after the call that is under way; what is not sent stays in the journal."""
        self._stop.set()
        self._work.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def beat(self, beat: rest.HeartbeatRequest) -> None:
        """Send this heartbeat next; an older one that was not sent is dropped."""
        with self._lock:
            self._beat = beat
        self._work.set()

    def photo(self, sha256: str) -> None:
        """Name the reference photo to the endpoint once its file has arrived."""
        self._writer.fact(_PHOTO, sha256)
        self._work.set()

    def finish(self, head: Head) -> rest.EndReply | None:
        """After :meth:`stop`: close the session if all of it has arrived; None if not.

        Never raises for the network's sake: what could not be done can be done later.
        """
        if self._thread.is_alive():
            return None
        try:
            return self._with_token(lambda: self._end(head))
        except PeerProblem as problem:
            self.status = Status(False, str(problem), self.status.server_key)
            return None

    def drain(self) -> None:
        """Send all that can be sent now; raises PeerProblem at the first thing that cannot."""
        self._with_token(self._send_all)

    def _end(self, head: Head) -> rest.EndReply | None:
        self._send_all()
        if self._reader.delivery().pending:
            return None
        reply = self._client.end(head)
        if not reply["missing"]:
            return reply
        # The endpoint lost files that it had confirmed: what is still here goes again.
        for sha256 in reply["missing"]:
            if self._reader.blob_path(sha256) is not None:
                self._writer.mark(sha256, State.PENDING)
        self._send_all()
        return self._client.end(head)

    def _send_all(self) -> None:
        while self._send_item():
            pass
        self._send_photo()

    def _with_token(self, send: Callable[[], T]) -> T:
        """Call ``send``; where the token is not taken any more, once again with a new one."""
        self._enrol_if_needed()
        try:
            return send()
        except PeerRefused as refusal:
            if refusal.status not in _UNAUTHORISED:
                raise
        self._client.token = ""
        self._enrol_if_needed()
        return send()

    def _run(self) -> None:
        failures = 0
        try:
            while not self._stop.is_set():
                wait_s = IDLE_S
                try:
                    self._round()
                    failures = 0
                except PeerProblem as problem:
                    failures += 1
                    wait_s = self._after_failure(problem, failures)
                    self._stop.wait(wait_s)
                    continue
                self._work.wait(wait_s)
                self._work.clear()
        except Exception as bug:  # handed to the composition root, which journals it
            self.status = Status(False, f"the upload stopped: {bug!r}", self.status.server_key)
            self._crashed(bug)

    def _round(self) -> None:
        self._enrol_if_needed()
        while not self._stop.is_set():
            self._send_beat()
            if not self._send_item():
                break
            self._got_through()
        self._send_photo()
        self._got_through()

    def _send_item(self) -> bool:
        """Send the most urgent thing there is; False when nothing waits."""
        return self._records.send_next(self.status.server_key) or self._send_blob()

    def _got_through(self) -> None:
        self.status = Status(True, "", self.status.server_key)

    def _after_failure(self, problem: PeerProblem, failures: int) -> float:
        self.status = Status(False, str(problem), self.status.server_key)
        if isinstance(problem, PeerRefused) and problem.status in _UNAUTHORISED:
            self._client.token = ""
        asked = problem.retry_after_s if isinstance(problem, PeerUnreachable) else None
        return max(asked or 0.0, delay_s(failures, self._cap_s, random.random))

    def _enrol_if_needed(self) -> None:
        if self._client.token and self.status.server_key:
            return
        reply = self._client.enrol(enrol_envelope(self._identity, self._clock.now()))
        known = self._reader.fact("server_key")
        if known and known != reply["server_key"]:
            raise PeerRefused(403, "the endpoint's key is not the one this session began with")
        self._writer.fact("server_key", reply["server_key"])
        self._writer.fact("token", reply["token"])
        self._client.token = reply["token"]
        self.status = Status(True, "", reply["server_key"])

    def _send_blob(self) -> bool:
        item = self._reader.next_blob(self._reader.receipted_seq())
        if item is None:
            return False
        path = self._reader.blob_path(item.sha256)
        if path is None:
            self._writer.mark(item.sha256, State.DEAD_LETTER, "the file is no longer here")
            return True
        self._writer.mark(item.sha256, State.SENDING)
        try:
            self._client.put_blob(BlobRef(item.sha256, item.type, item.size), path)
        except PeerProblem as problem:
            final = isinstance(problem, PeerRefused) and problem.status in _NEVER
            state = State.DEAD_LETTER if final else State.PENDING
            self._writer.mark(item.sha256, state, str(problem))
            if not final:
                raise
            return True
        except OSError as problem:
            reason = f"the file cannot be read ({problem.strerror})"
            self._writer.mark(item.sha256, State.DEAD_LETTER, reason)
            return True
        self._writer.mark(item.sha256, State.RECEIPTED)
        return True

    def _send_beat(self) -> None:
        with self._lock:
            beat, self._beat = self._beat, None
        if beat is not None:
            self._client.heartbeat(beat)

    def _send_photo(self) -> None:
        photo = self._reader.fact(_PHOTO)
        if not photo:
            return
        try:
            self._client.verify_initial("face", photo)
        except PeerRefused as refusal:
            if refusal.status in _UNAUTHORISED:
                raise
            self._writer.fact(_PHOTO_REFUSED, str(refusal))
        self._writer.fact(_PHOTO, "")
