"""Delivering a session from its ``.evidence`` file: the computer that it was held on is not needed.

The file is verified first. The endpoint then takes what the session's key has signed, under the
same checks as from a live client, and says what it lacks; a broken delivery goes on from there.

Records behind the last checkpoint stay in the file, with the files that only they name. Nothing but
the file's own signature vouches for them, which the endpoint does not see: taken without it, they
could be anybody's, and whoever delivers could take what suits them. Whoever has the file can
verify them in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from proctor_desktop.config.exam import MAX_EXAM_BYTES, SignedExam, open_envelope
from proctor_desktop.core.chain import EMPTY, BlobRef, Head, Record
from proctor_desktop.core.errors import EnvironmentProblem, PeerProblem, PeerRefused
from proctor_desktop.export import container
from proctor_desktop.export.verify import Outcome, Trust
from proctor_desktop.export.verify.archive import Archive
from proctor_desktop.export.verify.check import MAX_ENVELOPE_BYTES, examine
from proctor_desktop.monitor.remaining import Remaining
from proctor_desktop.upload.bandwidth import paced
from proctor_desktop.upload.client import Client
from proctor_desktop.upload.enrol import BadReceipt, receipt_head
from proctor_desktop.wire import rest

_UNAUTHORISED = frozenset({401, 403})


@dataclass(slots=True)
class _Story:
    """What has to be known of the records before any of them is sent."""

    session: str = ""
    agreed: bool = False
    head: Head = EMPTY
    closed: bool = False
    blobs: dict[str, BlobRef] = field(default_factory=dict)

    def take(self, record: Record) -> None:
        """Take the next record."""
        self.session = record.session
        self.head = Head(record.seq, record.hash)
        self.closed = record.kind == "session.close"
        if record.kind == "consent":
            self.agreed = record.data.get("given") is True
        for blob in record.blobs:
            self.blobs.setdefault(blob.sha256, blob)


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records, and the checkpoints among them; the last one covers the last record."""

    records: tuple[bytes, ...]
    checkpoints: tuple[bytes, ...]
    seq: int


def send_package(path: Path, trust: Trust, say: Callable[[str], None]) -> Remaining:
    """Deliver the export at ``path``; returns how many records and files are still not there.

    Raises EnvironmentProblem, and sends nothing, when the file does not verify.
    """
    story = _Story()
    with path.open("rb") as file:
        verdict, archive = examine(file, trust, story.take)
        if archive is None or verdict.outcome is Outcome.INVALID:
            raise EnvironmentProblem(
                str(path),
                "it does not verify, so nothing was sent",
                f"Run 'proctor-desktop verify {path}' to see why; get the file again.",
            )
        if not story.agreed:
            say(f"{story.session}: the candidate has not agreed, so nothing is sent")
            return Remaining()
        signed = _exam(archive, path, trust)
        asked = signed.exam.policy.delivery
        with closing(Client(signed.exam.endpoint, story.session, paced(asked))) as client:
            return _Delivery(archive, story, client, trust, say).run(signed.envelope)


def batches(
    records: Iterable[bytes], checkpoints: Mapping[int, bytes], after_seq: int
) -> Iterator[Batch]:
    """The records behind ``after_seq`` in batches that the endpoint takes.

    Each ends where a checkpoint does; what stands behind the last one is in none of them.
    """
    ready, open_ = _Gathered(), _Gathered()
    for seq, raw in enumerate(records, 1):
        if seq <= after_seq:
            continue
        open_.add(raw)
        if seq not in checkpoints:
            continue
        if ready.records and not ready.has_room_for(open_):
            yield ready.batch()
            ready = _Gathered()
        ready.take(open_, checkpoints[seq], seq)
        open_ = _Gathered()
    if ready.records:
        yield ready.batch()


@dataclass(slots=True)
class _Gathered:
    records: list[bytes] = field(default_factory=list)
    checkpoints: list[bytes] = field(default_factory=list)
    size_bytes: int = 0
    seq: int = 0

    def add(self, raw: bytes) -> None:
        self.records.append(raw)
        self.size_bytes += len(raw)

    def has_room_for(self, more: _Gathered) -> bool:
        return (
            len(self.records) + len(more.records) <= rest.MAX_BATCH_RECORDS
            and self.size_bytes + more.size_bytes <= rest.MAX_BATCH_BYTES
        )

    def take(self, more: _Gathered, checkpoint: bytes, seq: int) -> None:
        self.records += more.records
        self.size_bytes += more.size_bytes
        self.checkpoints.append(checkpoint)
        self.seq = seq

    def batch(self) -> Batch:
        return Batch(tuple(self.records), tuple(self.checkpoints), self.seq)


class _Delivery:
    """One try at bringing one export to its endpoint."""

    def __init__(
        self,
        archive: Archive,
        story: _Story,
        client: Client,
        trust: Trust,
        say: Callable[[str], None],
    ) -> None:
        self._archive = archive
        self._story = story
        self._client = client
        self._trust = trust
        self._tell = say
        self._server_key = ""
        self._checkpoints = dict(_checkpoints(archive))

    def run(self, exam: bytes) -> Remaining:
        """How many records and files are not at the endpoint afterwards."""
        covered = max(self._checkpoints, default=0)
        if covered < self._story.head.seq:
            self._say(_kept_back(covered + 1, self._story.head.seq))
        head = EMPTY
        try:
            head = self._enrol(exam)
            head = self._send_records(head)
            self._say(f"{head.seq} of {self._story.head.seq} records are there")
            left = self._send_blobs()
            if self._story.closed and head == self._story.head:
                reply = self._client.end(head)
                self._say(f"score {reply['score']:g}, risk {reply['risk']}")
        except PeerProblem as problem:
            self._say(str(problem))
            return Remaining(max(1, covered - head.seq))
        return Remaining(left + covered - head.seq)

    def _say(self, text: str) -> None:
        self._tell(f"{self._story.session}: {text}")

    def _enrol(self, exam: bytes) -> Head:
        """Get a token for what is in the file; where the server's chain ends."""
        first = next(batches(self._records(), dict([min(self._checkpoints.items())]), 0), None)
        if first is None:
            raise PeerRefused(422, "no checkpoint covers any record")
        reply = self._client.enrol_late(exam, first.records, first.checkpoints[0])
        self._server_key, self._client.token = reply["server_key"], reply["token"]
        if self._trust.server_keys and self._server_key not in self._trust.server_keys:
            raise PeerRefused(403, f"the endpoint's key {self._server_key} is not one you trust")
        if not self._trust.server_keys:
            self._say(f"delivered to the endpoint with the key {self._server_key}, unchecked")
        return Head(int(reply["head"]["seq"]), str(reply["head"]["hash"]))

    def _send_records(self, head: Head) -> Head:
        """Send what is behind ``head``; the last head that a receipt covers, or ``head`` itself."""
        for batch in batches(self._records(), self._checkpoints, head.seq):
            reply = self._client.send_records(batch.records, batch.checkpoints)
            try:
                head, _ = receipt_head(reply, self._story.session, self._server_key)
            except BadReceipt as problem:
                raise PeerRefused(422, str(problem)) from problem
            if head.seq < batch.seq:
                raise PeerRefused(422, "the endpoint's receipt does not cover what was sent")
        return head

    def _send_blobs(self) -> int:
        """Send the files that the endpoint lacks; how many it still lacks that are not refused."""
        for sha256 in self._client.missing():
            entry = self._archive.entries.get(container.BLOBS + sha256)
            if entry is None or sha256 not in self._story.blobs:
                continue
            content = b"".join(self._archive.pieces(entry))
            try:
                self._client.put_content(self._story.blobs[sha256], BytesIO(content), len(content))
            except PeerRefused as refusal:
                if refusal.status in _UNAUTHORISED:
                    raise
                self._say(f"refused: {self._story.blobs[sha256].type} {sha256} ({refusal})")
        lacking = self._client.missing()
        here = [name for name in lacking if container.BLOBS + name in self._archive.entries]
        if len(lacking) > len(here):
            self._say(f"{len(lacking) - len(here)} files are neither there nor in this export")
        return len(here)

    def _records(self) -> Iterator[bytes]:
        rest_of = b""
        for piece in self._archive.pieces(self._archive.entries[container.RECORDS]):
            *whole, rest_of = (rest_of + piece).split(b"\n")
            yield from whole


def _kept_back(first_seq: int, last_seq: int) -> str:
    """What to tell whoever delivers about the records that no checkpoint covers."""
    return (
        f"what stands behind the last checkpoint (records {first_seq} to {last_seq}) is not sent: "
        "the session stopped before it signed them, so only this file vouches for them. "
        "Keep the file: 'proctor-desktop verify' and 'report' show what is in them"
    )


def _checkpoints(archive: Archive) -> Iterator[tuple[int, bytes]]:
    for name, entry in archive.entries.items():
        if name.startswith(container.CHECKPOINTS):
            yield container.seq_of(name), archive.read(entry, MAX_ENVELOPE_BYTES)


def _exam(archive: Archive, path: Path, trust: Trust) -> SignedExam:
    envelope = archive.read(archive.entries[container.EXAM], MAX_EXAM_BYTES)
    return open_envelope(envelope, f"the exam in {path}", trust.institution_keys)
