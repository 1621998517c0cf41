"""Delivering a session from its ``.evidence`` file: the computer that it was held on is not needed.

The file is verified first. The endpoint then takes what the session's key has signed, under the
same checks as from a live client, and says what it lacks; a broken delivery goes on from there.

Records behind the last checkpoint stay in the file, with the files that only they name. Nothing but
the file's own signature vouches for them, which the endpoint does not see: taken without it, they
could be anybody's, and whoever delivers could take what suits them. Whoever has the file can
verify them in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from itertools import islice
from pathlib import Path

from proctor_desktop.config.exam import MAX_EXAM_BYTES, SignedExam, open_envelope
from proctor_desktop.core.chain import EMPTY, BlobRef, Head, Record, digest
from proctor_desktop.core.errors import (
    EnvironmentProblem,
    PeerProblem,
    PeerRefused,
    PeerUnreachable,
)
from proctor_desktop.export import container
from proctor_desktop.export.verify import Outcome, Trust
from proctor_desktop.export.verify.archive import Archive
from proctor_desktop.export.verify.check import MAX_ENVELOPE_BYTES, examine
from proctor_desktop.monitor.batches import batches
from proctor_desktop.monitor.remaining import Remaining
from proctor_desktop.upload.bandwidth import paced
from proctor_desktop.upload.client import Client, Conflict
from proctor_desktop.upload.enrol import BadReceipt, receipt_head

_UNAUTHORISED = frozenset({401, 403})
_FOR_GOOD = frozenset({HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY})

_FORKED = (
    "the endpoint holds other records of this session than this export, so nothing more is sent. "
    "Only one of the two can be what happened: keep this file, and tell the institution"
)


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


def send_package(path: Path, trust: Trust, say: Callable[[str], None]) -> Remaining:
    """Deliver the export at ``path``; returns how many of its records and files are not there.

    An endpoint that holds other records of the session gets nothing more: that is said, and counted
    as what no other try will bring.

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
            withheld = verdict.facts.withheld_blobs
            return _Delivery(archive, story, client, trust, say, withheld).run(signed.envelope)


class _Delivery:
    """One try at bringing one export to its endpoint."""

    def __init__(
        self,
        archive: Archive,
        story: _Story,
        client: Client,
        trust: Trust,
        say: Callable[[str], None],
        withheld: int,
    ) -> None:
        self._archive = archive
        self._story = story
        self._withheld = withheld
        self._client = client
        self._trust = trust
        self._tell = say
        self._server_key = ""
        self._checkpoints = dict(_checkpoints(archive))
        self._covered_seq = max(self._checkpoints, default=0)

    def run(self, exam: bytes) -> Remaining:
        """What of the export is not at the endpoint afterwards."""
        head = EMPTY
        try:
            head = self._enrol(exam)
            self._check_same_course(head)
            head = self._send_records(head)
            unsigned = self._tell_records(head)
            left = self._send_blobs()
            if self._story.closed and head == self._story.head:
                left += self._end(head, left)
        except PeerRefused as refusal:
            self._say(str(refusal))
            not_there = max(1, self._covered_seq - head.seq)
            if refusal.status in _FOR_GOOD:
                return Remaining(stuck=not_there)
            return Remaining(waiting=not_there)
        except PeerProblem as problem:
            self._say(str(problem))
            return Remaining(max(1, self._covered_seq - head.seq))
        return left + Remaining(stuck=unsigned)

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

    def _check_same_course(self, head: Head) -> None:
        """Raises Conflict where the endpoint holds other records of this session than the export.

        Two of one name are there when a computer was set back, and went on from there twice. An
        endpoint that is further than the export compares the last records that a checkpoint covers
        (which bind all before them): it is sent them once more.
        """
        if head.seq <= self._story.head.seq:
            last = next(islice(self._records(), head.seq - 1, head.seq), b"") if head.seq else b""
            if head != (Head(head.seq, digest(last)) if last else EMPTY):
                raise Conflict(_FORKED, head)
            return
        earlier = [seq for seq in self._checkpoints if seq < self._covered_seq]
        for batch in batches(self._records(), self._checkpoints, max(earlier, default=0)):
            try:
                self._client.send_records(batch.records, batch.checkpoints)
            except Conflict as conflict:
                raise Conflict(_FORKED, conflict.head) from conflict

    def _send_records(self, head: Head) -> Head:
        """Send what is behind ``head``; the last head that a receipt covers, or ``head`` itself."""
        for batch in batches(self._records(), self._checkpoints, head.seq):
            reply = self._client.send_records(batch.records, batch.checkpoints)
            try:
                head, _ = receipt_head(reply, self._story.session, self._server_key)
            except BadReceipt as problem:
                raise PeerUnreachable(str(problem)) from problem
            if head.seq < batch.seq:
                raise PeerUnreachable("the endpoint's receipt does not cover what was sent")
        return head

    def _tell_records(self, head: Head) -> int:
        """Say which records are there; how many of the export's are not, and will not be."""
        last_seq = self._story.head.seq
        if head.seq > last_seq:
            self._say(
                f"the endpoint has {head.seq} records of this session already, with all "
                f"{self._covered_seq} that are signed in this export of {last_seq}"
            )
            return 0
        self._say(f"{head.seq} of {last_seq} records are there")
        if head.seq < last_seq:
            self._say(_kept_back(head.seq + 1, last_seq))
        return last_seq - head.seq

    def _send_blobs(self) -> Remaining:
        """Send the files that the endpoint lacks; those that it still lacks.

        It may lack others, too, where it has more of the session than the export.
        """
        named = [sha256 for sha256 in self._client.missing() if sha256 in self._story.blobs]
        here = [sha256 for sha256 in named if container.BLOBS + sha256 in self._archive.entries]
        if here:
            self._say(f"{len(here)} files are sent")
        for sha256 in here:
            self._send_blob(sha256)
        lacking = self._story.blobs.keys() & set(self._client.missing())
        if gone := len(lacking - set(here)):
            self._say(f"{gone} files are neither there nor in this export{self._other_export()}")
        return Remaining(len(lacking & set(here)), gone)

    def _send_blob(self, sha256: str) -> None:
        content = b"".join(self._archive.pieces(self._archive.entries[container.BLOBS + sha256]))
        try:
            self._client.put_content(self._story.blobs[sha256], BytesIO(content), len(content))
        except PeerRefused as refusal:
            if refusal.status in _UNAUTHORISED:
                raise
            self._say(f"refused: {self._story.blobs[sha256].type} {sha256} ({refusal})")

    def _other_export(self) -> str:
        """Where the files may be that are not in this one."""
        if not self._withheld:
            return ""
        return f", an excerpt ({self._withheld} files withheld): deliver the whole export, too"

    def _end(self, head: Head, left: Remaining) -> Remaining:
        """Close the session; an endpoint that lacks files keeps it open. What is left for that."""
        try:
            reply = self._client.end(head)
        except PeerRefused as refusal:
            if refusal.status in _UNAUTHORISED:
                raise
            self._say(f"it is not closed there: {refusal}")
            return Remaining() if left else Remaining(1)
        self._say(f"score {reply['score']:g}, risk {reply['risk']}")
        return Remaining()

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
