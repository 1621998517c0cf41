"""How much waits to be delivered, also while the disk cannot be read."""

from __future__ import annotations

import logging
from typing import Protocol

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal.database import Damaged
from proctor_desktop.journal.ledger import Counts

log = logging.getLogger(__name__)


class Countable(Protocol):
    """What is needed of the journal's reader."""

    def delivery(self) -> Counts:
        """How much waits and how much has arrived."""
        ...


class KnownCounts:
    """The counts as they could last be read: a disk that refuses for a moment ends no exam.

    A damaged journal is raised, as everywhere, and mended at the next start.
    """

    def __init__(self) -> None:
        self._last = Counts(0, 0, 0, 0)

    def read(self, journal: Countable) -> Counts:
        """The counts now, or those of the last time."""
        try:
            self._last = journal.delivery()
        except Damaged:
            raise
        except EnvironmentProblem as problem:
            log.warning("what waits to be delivered cannot be counted: %s", problem.why)
        return self._last
