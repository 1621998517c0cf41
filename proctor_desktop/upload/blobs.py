"""Sends the files that acknowledged records name, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from proctor_desktop.core.chain import BlobRef
from proctor_desktop.core.errors import PeerProblem, PeerRefused
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.journal.ledger import State
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.writer import Writer
from proctor_desktop.upload.client import Client

UNAUTHORISED = frozenset({401, 403})
_NEVER = frozenset({413, 415, 422})
"""What is said of a file for good; another refusal may be of something on the way."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was refused, perhaps not for good: when (monotonic) to try it again."""

    problem: PeerRefused
    times: int
    due_ns: int


class BlobSender:
    """Brings files to the endpoint; the ledger says how far each one is.

    ``wait_s`` gives the seconds to wait behind the n-th refusal of a file. ``refusals`` are those
    since the start: a new process tries all of them at once.
    """

    def __init__(
        self, client: Client, reader: Reader, writer: Writer, wait_s: Callable[[int], float]
    ) -> None:
        self._client = client
        self._reader = reader
        self._writer = writer
        self._wait_s = wait_s
        self.refusals: dict[str, Refusal] = {}

    def send_next(self, not_now: Collection[str], now_ns: int) -> bool:
        """Send one file; False when none waits but those of ``not_now``.

        Raises PeerProblem where it is not about the file. One that is refused is put aside.
        """
        item = self._reader.next_blob(self._reader.receipted_seq(), not_now)
        if item is None:
            return False
        path = self._reader.blob_path(item.sha256)
        if path is None:
            self._gone(item.sha256)
            return True
        self._writer.mark(item.sha256, State.SENDING)
        try:
            self._client.put_blob(BlobRef(item.sha256, item.type, item.size), path)
        except PeerRefused as refusal:
            self._refused(item.sha256, refusal, now_ns)
        except PeerProblem as problem:
            self._writer.mark(item.sha256, State.PENDING, str(problem))
            raise
        except OSError as problem:
            reason = f"the file cannot be read ({problem.strerror})"
            self._writer.mark(item.sha256, State.DEAD_LETTER, reason)
        else:
            self.refusals.pop(item.sha256, None)
            self._writer.mark(item.sha256, State.RECEIPTED)
        return True

    def _gone(self, sha256: str) -> None:
        """A file that is not here: the endpoint may have it, though a rebuilt journal forgot."""
        if sha256 in self._client.missing():
            self._writer.mark(sha256, State.DEAD_LETTER, "the file is no longer here")
        else:
            self._writer.mark(sha256, State.RECEIPTED)

    def _refused(self, sha256: str, refusal: PeerRefused, now_ns: int) -> None:
        """Put a file aside for good or for a while; raises the refusal if it is not about it."""
        final = refusal.status in _NEVER
        self._writer.mark(sha256, State.DEAD_LETTER if final else State.PENDING, str(refusal))
        if refusal.status in UNAUTHORISED:
            raise refusal
        earlier = self.refusals.pop(sha256, None)
        if not final:
            times = earlier.times + 1 if earlier else 1
            wait_ns = round(self._wait_s(times) * NS_PER_S)
            self.refusals[sha256] = Refusal(refusal, times, now_ns + wait_ns)

    def not_now(self, now_ns: int) -> set[str]:
        """The files that were refused a moment ago: the others must not wait for them."""
        return {sha256 for sha256, one in self.refusals.items() if one.due_ns > now_ns}
