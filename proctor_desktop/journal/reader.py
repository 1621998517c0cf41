"""Reading a session's journal, beside the writer or long after it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.core.chain import EMPTY, Head, decode, digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal import ledger, signing_keys
from proctor_desktop.journal.blobs import BlobStore
from proctor_desktop.journal.database import FILE_NAME, explained, open_for_reading
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.wire.seal import Recipients


class Reader:
    """A read-only view; each call sees what is committed at that moment.

    Raises EnvironmentProblem where the disk refuses, Damaged where the file is spoiled.
    """

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
        row = self._one("SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1")
        return Head(*row) if row else EMPTY

    def records(self, after_seq: int = 0, up_to_seq: int | None = None) -> Iterator[bytes]:
        """The exact bytes of the records, in order."""
        limit = up_to_seq if up_to_seq is not None else self.head().seq
        rows = self._rows(
            "SELECT bytes FROM records WHERE seq > ? AND seq <= ? ORDER BY seq", (after_seq, limit)
        )
        return (row[0] for row in rows)

    def size_bytes(self, after_seq: int, up_to_seq: int) -> int:
        """The size of these records together, without anything around them."""
        return self._number(
            "SELECT coalesce(sum(length(bytes)), 0) FROM records WHERE seq > ? AND seq <= ?",
            (after_seq, up_to_seq),
        )

    def records_of(self, kinds: Iterable[str]) -> Iterator[bytes]:
        """The exact bytes of the records of these kinds, in order."""
        wanted = tuple(kinds)
        marks = ",".join("?" * len(wanted))
        rows = self._rows(
            f"SELECT bytes FROM records WHERE kind IN ({marks}) ORDER BY seq",  # noqa: S608
            wanted,
        )
        return (row[0] for row in rows)

    def committed_ns(self) -> dict[int, int]:
        """When (monotonic) each record was committed, by sequence number; for measurements."""
        return {row[0]: row[1] for row in self._rows("SELECT seq, committed_ns FROM records")}

    def received_ns(self) -> dict[int, int]:
        """When (monotonic) each receipt arrived, by the last record it covers."""
        return {row[0]: row[1] for row in self._rows("SELECT seq, received_ns FROM receipts")}

    def checkpoints(self) -> Iterator[tuple[int, bytes]]:
        """Sequence number and envelope of each checkpoint."""
        rows = self._rows("SELECT seq, envelope FROM checkpoints ORDER BY seq")
        return ((row[0], row[1]) for row in rows)

    def checkpoints_between(self, after_seq: int, up_to_seq: int) -> list[tuple[int, bytes]]:
        """Sequence number and envelope of each checkpoint in ``(after_seq, up_to_seq]``."""
        rows = self._rows(
            "SELECT seq, envelope FROM checkpoints WHERE seq > ? AND seq <= ? ORDER BY seq",
            (after_seq, up_to_seq),
        )
        return [(row[0], row[1]) for row in rows]

    def receipts(self) -> Iterator[tuple[int, bytes]]:
        """Sequence number and envelope of each receipt."""
        rows = self._rows("SELECT seq, envelope FROM receipts ORDER BY seq")
        return ((row[0], row[1]) for row in rows)

    def receipted_seq(self) -> int:
        """The last record that the endpoint has acknowledged; 0 for none."""
        return self._number("SELECT coalesce(max(seq), 0) FROM receipts")

    def next_blob(self, up_to_seq: int, not_now: Collection[str] = ()) -> ledger.Item | None:
        """The most urgent blob to send among those of acknowledged records."""
        with self._explained():
            return ledger.next_item(self._db, up_to_seq, not_now)

    def refused(self) -> list[ledger.Refused]:
        """The blobs that the endpoint will not take."""
        with self._explained():
            return ledger.refused(self._db)

    def blobs_in(self, *states: ledger.State) -> list[str]:
        """The hashes of the blobs whose delivery has got so far."""
        with self._explained():
            return ledger.of_state(self._db, *states)

    def waiting_behind(self, seq: int) -> int:
        """How many of the blobs that only records behind ``seq`` name still wait."""
        with self._explained():
            return ledger.waiting_behind(self._db, seq)

    def delivery(self) -> ledger.Counts:
        """How much waits and how much has arrived."""
        with self._explained():
            return ledger.counts(self._db)

    def fact(self, name: str) -> str | None:
        """What was remembered under ``name``, or None."""
        row = self._one("SELECT value FROM facts WHERE name = ?", (name,))
        return row[0] if row else None

    def named_blobs(self) -> set[str]:
        """The hashes of all blobs that records name."""
        return {row[0] for row in self._rows("SELECT sha256 FROM blobs")}

    def exam_envelope(self) -> bytes:
        """The exam file's bytes; raises EnvironmentProblem if the records name another one."""
        envelope = self._folder.exam_envelope()
        policies = (decode(raw).data for raw in self.records_of(["policy"]))
        named = {policy["exam_sha256"] for policy in policies if "exam_sha256" in policy}
        if not envelope or named - {digest(envelope)}:
            raise EnvironmentProblem(
                str(self._folder.path / "exam.dsse"),
                "it is not the exam file that the session's records name",
                "Put the one that the session was held under there again, under this name.",
            )
        return envelope

    def blob_path(self, sha256: str) -> Path | None:
        """Where a blob is, or None."""
        try:
            return self._blobs.path(sha256)
        except OSError as problem:
            raise EnvironmentProblem(
                str(self._folder.blobs),
                f"a file of the session cannot be looked up ({problem.strerror})",
                "Check its disk; what was recorded stays there.",
            ) from problem

    def session_key(self) -> str:
        """The public key (hex) that the session is registered with."""
        return self._folder.session_key()

    def signing_key(self, public_key: str) -> Ed25519PrivateKey | None:
        """The private half of a key that signs next; None when it is not on this machine."""
        return signing_keys.load(self._folder.keys, public_key)

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        with self._explained():
            for row in self._db.execute(query, values):  # noqa: UP028 - it would close the cursor
                yield row

    def _one(self, query: str, values: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
        return next(self._rows(query, values), None)

    def _number(self, query: str, values: tuple[Any, ...] = ()) -> int:
        return int(next(self._rows(query, values))[0])

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self._folder.path / FILE_NAME, "read")
