"""Reading a session's journal, beside the writer or long after it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.core.chain import EMPTY, Head
from proctor_desktop.journal import ledger, signing_keys
from proctor_desktop.journal.blobs import BlobStore
from proctor_desktop.journal.database import open_for_reading
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.wire.seal import Recipients


class Reader:
    """A read-only view; each call sees what is committed at that moment."""

    def __init__(self, folder: Path, check: bool = True) -> None:
        """Open the journal in ``folder``; ``check`` as for :func:`open_for_reading`."""
        self._folder = SessionFolder(folder)
        self._db = open_for_reading(folder, check)
        self._blobs = BlobStore(
            self._folder.blobs, self._folder.incoming, Recipients(self._folder.session)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    @property
    def session(self) -> str:
        """The session's UUID."""
        return self._folder.session

    def head(self) -> Head:
        """The end of the chain."""
        row = self._db.execute("SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1").fetchone()
        return Head(*row) if row else EMPTY

    def records(self, after_seq: int = 0, up_to_seq: int | None = None) -> Iterator[bytes]:
        """The exact bytes of the records, in order."""
        limit = up_to_seq if up_to_seq is not None else self.head().seq
        rows = self._db.execute(
            "SELECT bytes FROM records WHERE seq > ? AND seq <= ? ORDER BY seq", (after_seq, limit)
        )
        return (row[0] for row in rows)

    def size_bytes(self, after_seq: int, up_to_seq: int) -> int:
        """The size of these records together, without anything around them."""
        found: int = self._db.execute(
            "SELECT coalesce(sum(length(bytes)), 0) FROM records WHERE seq > ? AND seq <= ?",
            (after_seq, up_to_seq),
        ).fetchone()[0]
        return found

    def records_of(self, kinds: Iterable[str]) -> Iterator[bytes]:
        """The exact bytes of the records of these kinds, in order."""
        wanted = tuple(kinds)
        marks = ",".join("?" * len(wanted))
        rows = self._db.execute(
            f"SELECT bytes FROM records WHERE kind IN ({marks}) ORDER BY seq",  # noqa: S608
            wanted,
        )
        return (row[0] for row in rows)

    def committed_ns(self) -> dict[int, int]:
        """When (monotonic) each record was committed, by sequence number; for measurements."""
        return dict(self._db.execute("SELECT seq, committed_ns FROM records").fetchall())

    def received_ns(self) -> dict[int, int]:
        """When (monotonic) each receipt arrived, by the last record it covers."""
        return dict(self._db.execute("SELECT seq, received_ns FROM receipts").fetchall())

    def checkpoints(self) -> Iterator[tuple[int, bytes]]:
        """Sequence number and envelope of each checkpoint."""
        rows = self._db.execute("SELECT seq, envelope FROM checkpoints ORDER BY seq")
        return ((row[0], row[1]) for row in rows)

    def checkpoints_between(self, after_seq: int, up_to_seq: int) -> list[tuple[int, bytes]]:
        """Sequence number and envelope of each checkpoint in ``(after_seq, up_to_seq]``."""
        rows = self._db.execute(
            "SELECT seq, envelope FROM checkpoints WHERE seq > ? AND seq <= ? ORDER BY seq",
            (after_seq, up_to_seq),
        )
        return [(row[0], row[1]) for row in rows]

    def receipts(self) -> Iterator[tuple[int, bytes]]:
        """Sequence number and envelope of each receipt."""
        rows = self._db.execute("SELECT seq, envelope FROM receipts ORDER BY seq")
        return ((row[0], row[1]) for row in rows)

    def receipted_seq(self) -> int:
        """The last record that the endpoint has acknowledged; 0 for none."""
        found: int = self._db.execute("SELECT coalesce(max(seq), 0) FROM receipts").fetchone()[0]
        return found

    def next_blob(self, up_to_seq: int, not_now: Collection[str] = ()) -> ledger.Item | None:
        """The most urgent blob to send among those of acknowledged records."""
        return ledger.next_item(self._db, up_to_seq, not_now)

    def refused(self) -> list[ledger.Refused]:
        """The blobs that the endpoint will not take."""
        return ledger.refused(self._db)

    def blobs_in(self, *states: ledger.State) -> list[str]:
        """The hashes of the blobs whose delivery has got so far."""
        return ledger.of_state(self._db, *states)

    def waiting_behind(self, seq: int) -> int:
        """How many of the blobs that only records behind ``seq`` name still wait."""
        return ledger.waiting_behind(self._db, seq)

    def delivery(self) -> ledger.Counts:
        """How much waits and how much has arrived."""
        return ledger.counts(self._db)

    def fact(self, name: str) -> str | None:
        """What was remembered under ``name``, or None."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def named_blobs(self) -> set[str]:
        """The hashes of all blobs that records name."""
        return {row[0] for row in self._db.execute("SELECT sha256 FROM blobs")}

    def exam_envelope(self) -> bytes:
        """The exam file's bytes."""
        return self._folder.exam_envelope()

    def blob_path(self, sha256: str) -> Path | None:
        """Where a blob is, or None."""
        return self._blobs.path(sha256)

    def session_key(self) -> str:
        """The public key (hex) that the session is registered with."""
        return self._folder.session_key()

    def signing_key(self, public_key: str) -> Ed25519PrivateKey | None:
        """The private half of a key that signs next; None when it is not on this machine."""
        return signing_keys.load(self._folder.keys, public_key)
