"""Cutting a session's records into batches that the endpoint takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from proctor_desktop.wire import rest


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records, and the checkpoints among them; the last one covers the last record."""

    records: tuple[bytes, ...]
    checkpoints: tuple[bytes, ...]
    seq: int


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
