"""Delivers a session's evidence: records first, then stills, then video, until all is receipted.

The database is the queue: the worker keeps nothing in memory that it could lose. It reads with its
own read-only connection and writes through the journal's one writer.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from proctor_desktop.core.backoff import CAP_IN_EXAM_S, delay_s
from proctor_desktop.core.chain import BlobRef, Head, digest
from proctor_desktop.core.errors import PeerProblem, PeerRefused, PeerUnreachable
from proctor_desktop.core.moment import Clock
from proctor_desktop.journal.ledger import State
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.writer import Writer
from proctor_desktop.upload.client import Client, Conflict
from proctor_desktop.upload.enrol import BadReceipt, Identity, enrol_envelope, receipt_head
from proctor_desktop.wire import rest

IDLE_S = 1.0
_UNAUTHORISED = frozenset({401, 403})
_NEVER = frozenset({400, 413, 415, 422})


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
        self._photo: str | None = None
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
        self._thread.join(timeout_s)

    def beat(self, beat: rest.HeartbeatRequest) -> None:
        """Send this heartbeat next; an older one that was not sent is dropped."""
        with self._lock:
            self._beat = beat
        self._work.set()

    def photo(self, sha256: str) -> None:
        """Name the reference photo to the endpoint once its file has arrived."""
        with self._lock:
            self._photo = sha256
        self._work.set()

    def finish(self, head: Head) -> rest.EndReply | None:
        """After :meth:`stop`: close the session if all of it has arrived; None if not.

        Never raises for the network's sake: what could not be done can be done later.
        """
        try:
            self.drain()
            self._send_photo()
            if self._reader.delivery().pending:
                return None
            return self._client.end(head)
        except PeerProblem as problem:
            self.status = Status(False, str(problem), self.status.server_key)
            return None

    def drain(self) -> None:
        """Send all that can be sent now; raises PeerProblem at the first thing that cannot."""
        self._enrol_if_needed()
        while self._send_records() or self._send_blob():
            pass

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
            self._crashed(bug)

    def _round(self) -> None:
        self._enrol_if_needed()
        while not self._stop.is_set():
            self._send_beat()
            if not (self._send_records() or self._send_blob()):
                break
        self._send_photo()
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

    def _send_records(self) -> bool:
        """Send one batch; False when every record that has a checkpoint is acknowledged."""
        sent = self._reader.receipted_seq()
        checkpoint = self._reader.checkpoint_between(sent, sent + rest.MAX_BATCH_RECORDS)
        if checkpoint is None:
            return False
        self._send_batch(sent, *checkpoint)
        return True

    def _send_batch(self, after_seq: int, seq: int, checkpoint: bytes) -> None:
        raw = list(self._reader.records(after_seq, seq))
        try:
            reply = self._client.send_records(raw, checkpoint)
        except Conflict as conflict:
            # The server is ahead (an answer was lost) or behind (it was restored from a backup).
            # It takes replays, so sending from where it stands brings both together again.
            if conflict.head.seq >= seq:
                raise
            raw = list(self._reader.records(conflict.head.seq, seq))
            reply = self._client.send_records(raw, checkpoint)
        try:
            head, envelope = receipt_head(reply, self._identity.session, self.status.server_key)
        except BadReceipt as problem:
            raise PeerUnreachable(str(problem)) from problem
        ours = list(self._reader.records(head.seq - 1, head.seq))
        if head.seq < seq or not ours or digest(ours[0]) != head.hash:
            raise PeerUnreachable("the endpoint's receipt does not cover what was sent")
        self._writer.receipt(head.seq, envelope)

    def _send_blob(self) -> bool:
        item = self._reader.next_blob(self._reader.receipted_seq())
        if item is None:
            return False
        path = self._reader.blob_path(item.sha256)
        if path is None:
            self._writer.mark(item.sha256, State.DEAD_LETTER, "the file is no longer here")
            return True
        try:
            self._client.put_blob(BlobRef(item.sha256, item.type, item.size), path)
        except PeerRefused as refusal:
            if refusal.status not in _NEVER:
                raise
            self._writer.mark(item.sha256, State.DEAD_LETTER, str(refusal))
            return True
        self._writer.mark(item.sha256, State.RECEIPTED)
        return True

    def _send_beat(self) -> None:
        with self._lock:
            beat, self._beat = self._beat, None
        if beat is not None:
            self._client.heartbeat(beat)

    def _send_photo(self) -> None:
        photo = self._photo
        if photo is None:
            return
        self._client.verify_initial("face", photo)
        with self._lock:
            if self._photo == photo:
                self._photo = None
