"""Records in, a receipt out: nothing is acknowledged that was not checked and committed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.db import transaction

from proctor_desktop.core.chain import (
    FIRST_SEQ,
    BrokenChain,
    Head,
    Record,
    decode,
    follow,
)
from proctor_desktop.core.moment import from_rfc3339, rfc3339
from proctor_desktop.endpoint import server_key, violations
from proctor_desktop.endpoint.key_chain import Followed, follow_keys
from proctor_desktop.endpoint.models import (
    Checkpoint,
    NamedBlob,
    Receipt,
    Session,
    StoredRecord,
)
from proctor_desktop.endpoint.models.evidence import MEDIA_TYPE_CHARS, RULE_CHARS
from proctor_desktop.endpoint.refusal import Refusal, security
from proctor_desktop.wire import dsse, rest

MAX_INTEGER = 2**53
_BAD = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The head that the receipt covers, and the receipt's envelope."""

    head: Head
    receipt: bytes


def accept(
    session_id: uuid.UUID, texts: Sequence[str], checkpoints: Sequence[bytes], now: datetime
) -> Acknowledged:
    """Store a batch with its checkpoints and countersign the last; raises Refusal.

    Returns after the commit. A batch that is here already gets the receipt it got before; one that
    overlaps is continued where it is new; one that contradicts what is here, or leaves a hole, is
    refused with 409 and the server's head.
    """
    records = read_batch(str(session_id), texts)
    head = Head(records[-1].seq, records[-1].hash)
    with transaction.atomic():
        session = Session.objects.select_for_update().get(pk=session_id)
        fresh = _fresh(session, records)
        followed = _follow_keys(session, records, checkpoints)
        if fresh:
            _store(session, fresh, followed)
        receipt = _receipt(session, head, now)
    return Acknowledged(head, receipt)


def read_batch(session_id: str, texts: Sequence[str]) -> tuple[Record, ...]:
    """Decode the texts as consecutive records of this session; raises Refusal (422)."""
    try:
        records = tuple(decode(text.encode("utf-8")) for text in texts)
        before = Head(records[0].seq - 1, records[0].prev)
        for record in records:
            _check_storable(record, session_id)
            before = follow(before, record)
    except BrokenChain as problem:
        raise Refusal(_BAD, f"The batch is not a chain of records: {problem}.") from problem
    return records


def new_ones(head: Head, known: Mapping[int, str], records: Sequence[Record]) -> tuple[Record, ...]:
    """The records that continue the chain after ``head``.

    ``known`` gives the stored hash of each number up to ``head``. Raises Refusal (409).
    """
    for record in records:
        if record.seq <= head.seq and known.get(record.seq) != record.hash:
            raise Refusal(
                HTTPStatus.CONFLICT,
                f"Record {record.seq} is here with other content.",
                head=head,
            )
    fresh = tuple(record for record in records if record.seq > head.seq)
    if fresh:
        try:
            follow(head, fresh[0])
        except BrokenChain as problem:
            detail = f"The batch does not follow the server's chain: {problem}."
            raise Refusal(HTTPStatus.CONFLICT, detail, head=head) from problem
    return fresh


def _check_storable(record: Record, session_id: str) -> None:
    if record.session != session_id:
        raise BrokenChain(f"record {record.seq} belongs to another session")
    if not FIRST_SEQ <= record.seq < MAX_INTEGER:
        raise BrokenChain("a record's number is out of range")
    if not record.kind.isprintable() or not 0 < len(record.kind) <= RULE_CHARS:
        raise BrokenChain(f"record {record.seq} has no usable kind")
    for blob in record.blobs:
        if (
            blob.size > MAX_INTEGER
            or len(blob.type) > MEDIA_TYPE_CHARS
            or not blob.type.isprintable()
        ):
            raise BrokenChain(f"record {record.seq} names a blob with an unusable type or size")
    violations.told(record)


def _follow_keys(
    session: Session, records: Sequence[Record], checkpoints: Sequence[bytes]
) -> Followed:
    stored = session.checkpoints.filter(seq__gte=records[0].seq)
    known = {seq: bytes(envelope) for seq, envelope in stored.values_list("seq", "envelope")}
    hashes = {record.seq: record.hash for record in records}
    try:
        return follow_keys(str(session.pk), session.due_key, known, checkpoints, hashes)
    except Refusal as refusal:
        security.warning("session %s: checkpoint refused: %s", session.pk, refusal.detail)
        raise


def _fresh(session: Session, records: Sequence[Record]) -> tuple[Record, ...]:
    known: dict[int, str] = {}
    if records[0].seq <= session.head_seq:
        stored = session.records.filter(seq__gte=records[0].seq, seq__lte=records[-1].seq)
        known = dict(stored.values_list("seq", "hash"))
    try:
        return new_ones(session.head, known, records)
    except Refusal as refusal:
        security.warning("session %s: %s", session.pk, refusal.detail)
        raise


def _store(session: Session, records: Sequence[Record], followed: Followed) -> None:
    Checkpoint.objects.bulk_create(
        Checkpoint(session=session, seq=seq, envelope=envelope)
        for seq, envelope in followed.fresh.items()
    )
    session.due_key = followed.due_key
    StoredRecord.objects.bulk_create(
        StoredRecord(
            session=session,
            seq=record.seq,
            hash=record.hash,
            kind=record.kind,
            wall=from_rfc3339(record.wall),
            raw=record.raw,
        )
        for record in records
    )
    NamedBlob.objects.bulk_create(
        (
            NamedBlob(
                session=session, sha256=b.sha256, type=b.type, size_bytes=b.size, seq=record.seq
            )
            for record in records
            for b in record.blobs
        ),
        ignore_conflicts=True,
    )
    violations.apply(session, records)
    session.head_seq, session.head_hash = records[-1].seq, records[-1].hash
    session.save(update_fields=["head_seq", "head_hash", "due_key"])


def _receipt(session: Session, head: Head, now: datetime) -> bytes:
    """The stored receipt for this head, or a new one; it leaves here only after the commit."""
    earlier = Receipt.objects.filter(session=session, seq=head.seq).first()
    if earlier is not None:
        return bytes(earlier.receipt)
    payload: rest.ReceiptPayload = {
        "session": str(session.pk),
        "seq": head.seq,
        "head": head.hash,
        "server_time": rfc3339(now),
    }
    receipt = dsse.sign_json(server_key.current(), dsse.RECEIPT, payload)
    Receipt.objects.create(
        session=session,
        seq=head.seq,
        head=head.hash,
        receipt=receipt,
        created_at=now,
    )
    return receipt
