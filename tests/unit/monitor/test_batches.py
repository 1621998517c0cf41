"""Cutting a session's records into batches that the endpoint takes."""

from __future__ import annotations

import pytest

from proctor_desktop.monitor.batches import batches
from proctor_desktop.wire import rest

RECORDS = [b"%d" % n for n in range(1, 11)]
SIGNED = {2: b"two", 5: b"five", 9: b"nine"}


def cut(after_seq: int = 0) -> list[tuple[int, int, tuple[bytes, ...]]]:
    return [
        (int(batch.records[0]), batch.seq, batch.checkpoints)
        for batch in batches(RECORDS, SIGNED, after_seq)
    ]


def test_batches_end_at_checkpoints_and_carry_all_of_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert cut() == [(1, 9, (b"two", b"five", b"nine"))]
    assert cut(5) == [(6, 9, (b"nine",))]
    assert cut(9) == []
    monkeypatch.setattr(rest, "MAX_BATCH_RECORDS", 5)
    assert cut() == [(1, 5, (b"two", b"five")), (6, 9, (b"nine",))]
    monkeypatch.setattr(rest, "MAX_BATCH_BYTES", 1)
    assert cut() == [(1, 2, (b"two",)), (3, 5, (b"five",)), (6, 9, (b"nine",))]
