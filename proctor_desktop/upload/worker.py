"""Delivers a session's evidence: records first, then stills, then video, until all is receipted.

The database is the queue: the worker keeps nothing in memory that it could lose. It reads with its
own read-only connection and writes through the journal's one writer.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from proctor_desktop.core.backoff import CAP_IN_EXAM_S, delay_s
from proctor_desktop.core.chain import Head
from proctor_desktop.core.errors import (
    EnvironmentProblem,
    PeerProblem,
    PeerRefused,
    PeerUnreachable,
)
from proctor_desktop.core.moment import NS_PER_S, Clock
from proctor_desktop.core.server_health import ServerHealth
from proctor_desktop.journal.database import Damaged
from proctor_desktop.journal.ledger import State
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.writer import Writer
from proctor_desktop.upload.blobs import UNAUTHORISED, BlobSender
from proctor_desktop.upload.client import Client
from proctor_desktop.upload.collect import collect
from proctor_desktop.upload.enrol import Applicant
from proctor_desktop.upload.records import RecordSender
from proctor_desktop.wire import rest

IDLE_S = 1.0
HOLD_BEAT_S = 15.0
"""While the server wants nothing sent it is asked so often whether that is still so."""

AUTH_PAUSE_S = 5.0
"""The least time before a new token is asked for: a server that takes none is not pestered."""

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
        identity: Applicant,
        clock: Clock,
        crashed: Callable[[BaseException], None],
        work: threading.Event,
        cap_s: float = CAP_IN_EXAM_S,
        draw: Callable[[], float] = random.random,
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
        self._draw = draw
        self._beat: rest.HeartbeatRequest | None = None
        self._last_beat: rest.HeartbeatRequest | None = None
        self._last_beat_ns = 0
        self._health = ServerHealth()
        self._records = RecordSender(client, reader, writer, identity.session)
        self._blobs = BlobSender(client, reader, writer, lambda tries: delay_s(tries, cap_s, draw))
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

        Never raises for the network's sake or the disk's: what could not be done can be done later.
        """
        if self._thread.is_alive():
            return None
        try:
            return self._with_token(lambda: self._end(head))
        except (PeerProblem, EnvironmentProblem) as problem:
            self.status = Status(False, str(problem), self.status.server_key)
            return None

    def drain(self) -> None:
        """Send all that can be sent now; raises PeerProblem at what cannot."""
        self._with_token(self._send_all)

    def reconcile(self) -> int:
        """Ask what the endpoint lacks and send it again where it is here; raises PeerProblem.

        Returns how many files are neither there nor here. What the endpoint refused for good is not
        among them.
        """
        return self._with_token(self._reconcile)

    def collect(self, keep_local_days: float | None) -> int:
        """Remove local copies that the endpoint has beyond doubt; see :func:`collect.collect`."""
        return self._with_token(
            lambda: collect(
                self._client, self._reader, self._writer, self.status.server_key, keep_local_days
            )
        )

    def _end(self, head: Head) -> rest.EndReply | None:
        self._send_all()
        if self._reader.delivery().pending:
            return None
        self._reconcile()
        return self._client.end(head)

    def _reconcile(self) -> int:
        reply = self._ask()
        refused, gone = {one.sha256 for one in self._reader.refused()}, 0
        for sha256 in reply["missing"]:
            if self._reader.blob_path(sha256) is None:
                gone += sha256 not in refused
            elif sha256 not in refused:
                self._writer.mark(sha256, State.PENDING)
        self._send_all()
        return gone

    def _ask(self) -> rest.MissingReply:
        """What the endpoint lacks; raises PeerUnreachable if it wants nothing sent now."""
        reply = self._client.reconcile()
        self._health.told(reply["health"], self._now_ns(), self._draw)
        if self._health.standstill:
            raise PeerUnreachable("the endpoint wants nothing sent for now")
        return reply

    def _send_all(self) -> None:
        if self._health.standstill:
            raise PeerUnreachable("the endpoint wants nothing sent for now")
        self._blobs.refusals.clear()
        while self._send_item(self._blobs.refusals):  # each refused file once
            self._health.sent(self._now_ns())
            time.sleep(self._health.wait_s(self._now_ns()))
        for refusal in self._blobs.refusals.values():
            raise refusal.problem
        self._send_photo()

    def _with_token(self, send: Callable[[], T]) -> T:
        """Call ``send``; where the token is not taken any more, once again with a new one."""
        self._enrol_if_needed()
        try:
            return send()
        except PeerRefused as refusal:
            if refusal.status not in UNAUTHORISED:
                raise
        self._client.token = ""
        self._enrol_if_needed()
        return send()

    def _run(self) -> None:
        failures = 0
        try:
            while not self._stop.is_set():
                try:
                    wait_s = self._round()
                    failures = 0
                except (PeerProblem, EnvironmentProblem) as problem:
                    failures += 1
                    self._stop.wait(self._after_failure(problem, failures))
                    continue
                self._work.wait(wait_s)
                self._work.clear()
        except Exception as bug:  # handed to the composition root, which journals it
            self.status = Status(False, f"the upload stopped: {bug!r}", self.status.server_key)
            self._crashed(bug)

    def _round(self) -> float:
        """Send what may be sent now; returns after how many seconds to look again at the latest."""
        self._enrol_if_needed()
        while not self._stop.is_set():
            self._send_beat()
            held_s = self._held_s()
            if held_s > 0:
                return min(held_s, IDLE_S)
            if not self._send_item(self._blobs.not_now(self._now_ns())):
                break
            self._health.sent(self._now_ns())
            self._got_through()
        self._send_photo()
        self._got_through()
        return IDLE_S

    def _held_s(self) -> float:
        """How long the server's health keeps us from sending more."""
        if not self._health.standstill:
            return self._health.wait_s(self._now_ns())
        if self._now_ns() - self._last_beat_ns >= HOLD_BEAT_S * NS_PER_S and self._last_beat:
            self.beat(self._last_beat)
            self._send_beat()
        return IDLE_S

    def _now_ns(self) -> int:
        return self._clock.now().mono_ns

    def _send_item(self, not_now: Collection[str]) -> bool:
        """Send the most urgent thing there is; False when nothing waits but files ``not_now``."""
        return self._records.send_next(self.status.server_key) or self._blobs.send_next(
            not_now, self._now_ns()
        )

    def _got_through(self) -> None:
        self.status = Status(True, "", self.status.server_key)

    def _after_failure(self, problem: PeerProblem | EnvironmentProblem, failures: int) -> float:
        """How long to wait now; a full disk is waited for like a network that is away.

        A damaged journal is not: it is mended at the next start.
        """
        if isinstance(problem, Damaged):
            raise problem
        self.status = Status(False, str(problem), self.status.server_key)
        wait_s = delay_s(failures, self._cap_s, self._draw)
        if isinstance(problem, PeerRefused) and problem.status in UNAUTHORISED:
            self._client.token = ""
            self._block(str(problem))
            return max(wait_s, min(AUTH_PAUSE_S, self._cap_s))
        asked_s = problem.retry_after_s if isinstance(problem, PeerUnreachable) else None
        return max(asked_s or 0.0, wait_s)

    def _block(self, reason: str) -> None:
        try:
            self._writer.block(reason)
        except Damaged:
            raise
        except EnvironmentProblem as problem:  # nothing is sent without a token either way
            self.status = Status(False, str(problem), self.status.server_key)

    def _enrol_if_needed(self) -> None:
        if self._client.token and self.status.server_key:
            return
        admitted = self._identity.enrol(self._client, self._clock.now())
        known = self._reader.fact("server_key")
        if known and known != admitted.server_key:
            raise PeerRefused(403, "the endpoint's key is not the one this session began with")
        self._writer.fact("server_key", admitted.server_key)
        self._writer.fact("token", admitted.token)
        self._client.token = admitted.token
        self._writer.unblock()
        self.status = Status(True, "", admitted.server_key)

    def _send_beat(self) -> None:
        with self._lock:
            beat, self._beat = self._beat, None
        if beat is None:
            return
        self._last_beat, self._last_beat_ns = beat, self._now_ns()
        reply = self._client.heartbeat(beat)
        self._health.told(reply["health"], self._now_ns(), self._draw)

    def _send_photo(self) -> None:
        photo = self._reader.fact(_PHOTO)
        if not photo:
            return
        try:
            self._client.verify_initial("face", photo)
        except PeerRefused as refusal:
            if refusal.status in UNAUTHORISED and not self._only_delivers(refusal):
                raise
            self._writer.fact(_PHOTO_REFUSED, str(refusal))
        self._writer.fact(_PHOTO, "")

    def _only_delivers(self, refusal: PeerRefused) -> bool:
        """Whether a token is valid that can name no photo, as that for a late delivery cannot."""
        return self._identity.late and refusal.status == HTTPStatus.FORBIDDEN
