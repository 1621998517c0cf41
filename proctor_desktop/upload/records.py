"""Sends the records in batches that the endpoint takes, and keeps its receipts."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from itertools import takewhile

from proctor_desktop.core.chain import digest
from proctor_desktop.core.errors import PeerRefused, PeerUnreachable
from proctor_desktop.journal.next_signer import is_envelope
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.writer import Writer
from proctor_desktop.upload.client import Client, Conflict
from proctor_desktop.upload.enrol import BadReceipt, receipt_head
from proctor_desktop.wire import rest


@dataclass(frozen=True, slots=True)
class _Batch:
    """The records behind ``after_seq`` up to the last of ``checkpoints``, which is at ``seq``."""

    after_seq: int
    seq: int
    checkpoints: tuple[bytes, ...]
    size_bytes: int


class RecordSender:
    """Brings the endpoint's chain up to ours; the receipts in the journal say how far it is."""

    def __init__(self, client: Client, reader: Reader, writer: Writer, session: str) -> None:
        self._client = client
        self._reader = reader
        self._writer = writer
        self._session = session
        self._room_bytes = rest.MAX_BATCH_BYTES

    def send_next(self, server_key: str) -> bool:
        """Send one batch; False when every record that has a checkpoint is acknowledged.

        Raises PeerProblem; nothing counts as sent before its receipt is verified and kept.
        """
        sent = self._reader.receipted_seq()
        batch = self._batch(sent)
        if batch is None:
            return False
        try:
            self._send(batch, server_key)
        except Conflict as conflict:
            self._resync(conflict, sent, server_key)
        except PeerRefused as refusal:
            # A proxy before the endpoint may take less than the endpoint does.
            too_large = refusal.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            if not too_large or batch.size_bytes > self._room_bytes:
                raise
            self._room_bytes = batch.size_bytes // 2
        return True

    def _resync(self, conflict: Conflict, sent: int, server_key: str) -> None:
        """Go on from where the server stands.

        It is behind us when it was restored from a backup, and takes replays: one batch from its
        own end brings it nearer, and the next call the next one.
        """
        batch = self._batch(conflict.head.seq)
        if conflict.head.seq == sent or batch is None:
            raise conflict
        self._send(batch, server_key)

    def _batch(self, after_seq: int) -> _Batch | None:
        """The longest batch that there is room for; the shortest one where there is none."""
        up_to_seq, found = after_seq + rest.MAX_BATCH_RECORDS, None
        signed = self._reader.checkpoints_between(after_seq, up_to_seq)
        signed = list(takewhile(lambda one: is_envelope(one[1]), signed))
        while signed:
            seq, envelopes = signed[-1][0], tuple(envelope for _, envelope in signed)
            size_bytes = self._reader.size_bytes(after_seq, seq)
            found = _Batch(after_seq, seq, envelopes, size_bytes)
            if size_bytes <= self._room_bytes:
                break
            signed.pop()
        return found

    def _send(self, batch: _Batch, server_key: str) -> None:
        raw = list(self._reader.records(batch.after_seq, batch.seq))
        reply = self._client.send_records(raw, batch.checkpoints)
        try:
            head, envelope = receipt_head(reply, self._session, server_key)
        except BadReceipt as problem:
            raise PeerUnreachable(str(problem)) from problem
        ours = list(self._reader.records(head.seq - 1, head.seq))
        if head.seq < batch.seq or not ours or digest(ours[0]) != head.hash:
            raise PeerUnreachable("the endpoint's receipt does not cover what was sent")
        self._writer.receipt(head.seq, envelope)
