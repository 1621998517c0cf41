from __future__ import annotations

import pytest

from proctor_desktop.journal.checkpoints import (
    CHECKPOINT_EVERY_RECORDS,
    CHECKPOINT_EVERY_S,
    is_due,
)

EVERY_NS = round(CHECKPOINT_EVERY_S * 1e9)


@pytest.mark.parametrize(
    ("unsigned", "waited_ns", "due"),
    [
        (1, 0, False),
        (CHECKPOINT_EVERY_RECORDS - 1, EVERY_NS - 1, False),
        (CHECKPOINT_EVERY_RECORDS, 0, True),
        (1, EVERY_NS, True),
    ],
)
def test_one_is_due_after_so_many_records_or_so_long(
    unsigned: int, waited_ns: int, *, due: bool
) -> None:
    assert is_due(unsigned, 7, 7 + waited_ns) is due


def test_the_first_is_due_at_once() -> None:
    assert is_due(1, None, 0)
