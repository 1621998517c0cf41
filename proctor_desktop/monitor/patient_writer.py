"""The session's way to the journal while the disk refuses: nothing is dropped, nothing dies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from proctor_desktop.core.chain import Head
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import Moment
from proctor_desktop.journal.database import Damaged
from proctor_desktop.journal.writer import Entry

MOST_WAITING = 4000
"""What is held in memory at most; then observations go, which are nearly all of it."""

_CLOSE = "session.close"
_MANY = "observations"


class Journal(Protocol):
    """What is needed of the journal's writer."""

    @property
    def head(self) -> Head:
        """The end of the chain as committed."""
        ...

    def append(self, *entries: Entry) -> Head:
        """Commit the entries; raises EnvironmentProblem if the disk refuses."""
        ...

    def settle(self) -> None:
        """Let readers see all that was committed; raises EnvironmentProblem."""
        ...


class PatientWriter:
    """Holds in memory what the disk refuses, and writes it in order with the next call.

    That is the last resort: on a full disk the journal takes records as long as there is something
    of the reserve. ``refused`` is told of a refusal. A damaged journal is not waited for: that is
    raised, and mended at the next start.
    """

    def __init__(self, journal: Journal, refused: Callable[[Moment], object]) -> None:
        self._journal = journal
        self._refused = refused
        self._waiting: list[Entry] = []
        self._dropped = 0
        self._problem: EnvironmentProblem | None = None
        self._since: Moment | None = None
        self._busy = False

    @property
    def head(self) -> Head:
        """The end of the chain as committed."""
        return self._journal.head

    def append(self, *entries: Entry) -> Head:
        """Commit ``entries``, or keep them for later; the end of the chain as committed."""
        self._waiting += entries
        if self._waiting and not self._busy:
            self._busy = True  # what is recorded of the refusal comes behind what waits
            try:
                if not self._written():
                    self._refused(self._waiting[-1].moment)
            finally:
                self._busy = False
        return self._journal.head

    def settle(self) -> None:
        """Write what waits; raises EnvironmentProblem when the disk still refuses it."""
        if self._waiting and not self._written() and self._problem is not None:
            raise self._problem
        self._journal.settle()

    def _written(self) -> bool:
        entries, now = tuple(self._waiting), self._waiting[-1].moment
        # Whatever else has to be told, nothing may stand behind the record that closes a session.
        closing = [entry for entry in entries if entry.kind == _CLOSE]
        before = [entry for entry in entries if entry.kind != _CLOSE]
        try:
            self._journal.append(*before, *self._told(now), *closing)
        except Damaged:
            raise
        except EnvironmentProblem as problem:
            self._problem = problem
            self._since = self._since or entries[0].moment
            self._make_room()
            return False
        del self._waiting[: len(entries)]
        self._problem, self._since, self._dropped = None, None, 0
        return True

    def _told(self, now: Moment) -> Sequence[Entry]:
        """That the journal was late, and what was too much to hold, once it is written again."""
        if self._problem is None or self._since is None:
            return ()
        reason = self._problem.why
        late = {"seconds": round(now.since_s(self._since), 3), "reason": reason}
        told = [Entry(now, "journal_late", late, urgent=True)]
        if self._dropped:
            lost = {"what": _MANY, "count": self._dropped, "reason": reason}
            told.append(Entry(now, "not_captured", lost))
        return told

    def _make_room(self) -> None:
        excess = len(self._waiting) - MOST_WAITING
        kept: list[Entry] = []
        for entry in self._waiting:
            if excess > 0 and entry.kind == _MANY:
                excess -= 1
                self._dropped += len(entry.data["events"])
            else:
                kept.append(entry)
        self._waiting = kept
