"""What stands behind the last checkpoint of a session that nobody can sign any more."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.journal.next_signer import signed_seq, why_unsignable
from proctor_desktop.journal.reader import Reader


@dataclass(frozen=True, slots=True)
class UnsignedTail:
    """Records ``first_seq`` to ``last_seq`` and the files that only they name.

    The endpoint takes nothing that no checkpoint covers: it could be anybody's.
    """

    first_seq: int
    last_seq: int
    blobs: int
    why: str

    @property
    def items(self) -> int:
        """How many records and files that are."""
        return self.last_seq - self.first_seq + 1 + self.blobs

    def __str__(self) -> str:
        files = f" and {self.blobs} files that only they name" if self.blobs else ""
        return (
            f"records {self.first_seq} to {self.last_seq}{files} cannot be delivered from here: "
            f"no checkpoint covers them, and none can be made any more, since {self.why}. "
            "They stay in the session's folder: keep it for the institution"
        )


def unsigned_tail(reader: Reader) -> UnsignedTail | None:
    """What nobody can sign; None where all is signed, or can be."""
    why = why_unsignable(reader)
    first, last = max(signed_seq(reader), reader.receipted_seq()) + 1, reader.head().seq
    if not why or first > last:
        return None
    return UnsignedTail(first, last, reader.waiting_behind(first - 1), why)
