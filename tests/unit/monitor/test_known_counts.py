"""How much waits to be delivered, also while the disk cannot be read."""

from __future__ import annotations

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal.database import Damaged
from proctor_desktop.journal.ledger import Counts
from proctor_desktop.monitor.known_counts import KnownCounts


class Journal:
    """Gives or raises what it is told to."""

    def __init__(self) -> None:
        self.answer: Counts | Exception = Counts(1, 2, 3, 0)

    def delivery(self) -> Counts:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_while_the_disk_refuses_the_last_counts_stand() -> None:
    journal, known = Journal(), KnownCounts()
    assert known.read(journal) == Counts(1, 2, 3, 0)
    journal.answer = EnvironmentProblem("the journal", "it cannot be read", "Check the disk.")
    assert known.read(journal) == Counts(1, 2, 3, 0)
    journal.answer = Counts(0, 0, 6, 0)
    assert known.read(journal) == Counts(0, 0, 6, 0)


def test_a_damaged_journal_is_not_passed_over() -> None:
    journal = Journal()
    journal.answer = Damaged("the journal", "it is damaged", "Start again.")
    with pytest.raises(Damaged):
        KnownCounts().read(journal)
