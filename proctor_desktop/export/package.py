"""Writing an ``.evidence`` file from a journal.

The same journal gives the same bytes, whenever and wherever it is exported. Blobs are copied in
pieces and hashed on the way, so a long session needs no more memory than a short one. What is not
there, or no longer whole, is named in the manifest as missing and never passed over.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.core.chain import EMPTY, BlobRef, BrokenChain, Head, decode, digest, follow
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export import container
from proctor_desktop.export.container_writer import ContainerWriter
from proctor_desktop.export.manifest import Manifest, absent_blobs
from proctor_desktop.hosts.durability import sync_folder
from proctor_desktop.wire import dsse

_PIECE_BYTES = 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT}

T = TypeVar("T")


class Journal(Protocol):
    """What an export needs of a session's journal."""

    @property
    def session(self) -> str:
        """The session's id."""
        ...

    def records(self) -> Iterator[bytes]:
        """Every record's exact bytes, in order."""
        ...

    def checkpoints(self) -> Iterator[tuple[int, bytes]]:
        """Each checkpoint's sequence number and envelope."""
        ...

    def receipts(self) -> Iterator[tuple[int, bytes]]:
        """Each receipt's sequence number and envelope."""
        ...

    def exam_envelope(self) -> bytes:
        """The signed exam file."""
        ...

    def blob_path(self, sha256: str) -> Path | None:
        """The file that holds a blob, or None."""
        ...

    def session_key(self) -> str:
        """The public key (hex) that the session is registered with."""
        ...

    def signing_key(self, public_key: str) -> Ed25519PrivateKey | None:
        """The private half of the key that is due to sign, or None when it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class PackageSummary:
    """What was written.

    ``missing`` names the blobs that could not be included, ``withheld`` those that an excerpt
    leaves out.
    """

    path: Path
    made: datetime
    session: str
    records: int
    checkpoints: int
    receipts: int
    blobs: int
    missing: tuple[str, ...]
    withheld: tuple[str, ...]
    closed: bool
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Signing:
    """The checkpoints of an export and the key that the last of them names."""

    checkpoints: tuple[tuple[int, bytes], ...]
    key: Ed25519PrivateKey


def write_package(
    journal: Journal, destination: Path, now: datetime, only: Collection[str] | None = None
) -> PackageSummary:
    """Write the session's evidence to ``destination``, whole or not at all.

    With ``only``, an excerpt: of the blobs just these (by SHA-256), the others listed as withheld.
    The records are all there in any case: their hashes prove that the chosen files belong to them.

    ``now`` goes into the summary only, never into the file. A session that is still running is
    exported up to its present last record. Raises EnvironmentProblem when the journal has no
    records or no key, is damaged, or the file cannot be written (a full disk, say).
    """
    signing = _signing(journal)
    try:
        part = _part_beside(destination)
        try:
            manifest, size_bytes = _fill(part, journal, signing, only)
            part.replace(destination)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(destination.parent)
    except OSError as problem:
        raise _unwritable(destination, problem) from problem
    return _summary(destination, now, manifest, size_bytes)


class _Log:
    """The records on their way into the container, checked and counted as they pass."""

    def __init__(self, session: str) -> None:
        self._session = session
        self.session_key = ""
        self.head: Head = EMPTY
        self.closed = False
        self.blobs: dict[str, BlobRef] = {}

    def lines(self, records: Iterable[bytes]) -> Iterator[bytes]:
        """Each record as a line of the export."""
        for raw in records:
            self._take(raw)
            yield raw + b"\n"

    def _take(self, raw: bytes) -> None:
        try:
            record = decode(raw)
            self.head = follow(self.head, record)
        except BrokenChain as problem:
            raise _damaged(self._session, str(problem)) from problem
        if record.session != self._session or b"\n" in raw:
            raise _damaged(self._session, f"record {record.seq} does not belong to it")
        if record.kind == "session.open":
            self.session_key = str(record.data.get("session_key", ""))
        self.closed = self.closed or record.kind == "session.close"
        self.blobs.update((blob.sha256, blob) for blob in record.blobs)


def _signing(journal: Journal) -> _Signing:
    """The checkpoints as they stand, and the key after them, from here on in memory.

    In a running session the key may have had its turn, and be gone, before it was read: then there
    is a newer checkpoint.
    """
    asked: set[str] = set()
    while True:
        checkpoints = tuple(_from_journal(journal, journal.checkpoints))
        due = _named(checkpoints[-1][1]) if checkpoints else journal.session_key()
        key = journal.signing_key(due)
        if key is not None:
            return _Signing(checkpoints, key)
        if due in asked:
            raise EnvironmentProblem(
                f"session {journal.session}",
                "its signing key is gone, and nobody else can sign an export of it",
                "Run 'proctor-desktop upload' with the same --data: what was signed while the "
                "session ran needs no key to be delivered.",
            )
        asked.add(due)


def _named(checkpoint: bytes) -> str:
    return str(dsse.peek(checkpoint).get("next_key"))


def _fill(
    part: Path, journal: Journal, signing: _Signing, only: Collection[str] | None
) -> tuple[Manifest, int]:
    with part.open("r+b") as file:
        writer = ContainerWriter(file)
        manifest = _write_contents(writer, journal, signing, only)
        envelope = dsse.sign_json(signing.key, dsse.MANIFEST, manifest.to_json())
        writer.add(container.MANIFEST, [envelope])
        size_bytes = writer.finish()
        file.flush()
        os.fsync(file.fileno())
    return manifest, size_bytes


def _write_contents(
    writer: ContainerWriter, journal: Journal, signing: _Signing, only: Collection[str] | None
) -> Manifest:
    log = _Log(journal.session)
    records = writer.add(container.RECORDS, log.lines(journal.records()))
    if log.head == EMPTY:
        raise _damaged(journal.session, "it has no records")
    _write_envelopes(writer, signing.checkpoints, container.CHECKPOINTS, log.head)
    _write_envelopes(writer, journal.receipts(), container.RECEIPTS, log.head)
    exam = _from_journal(journal, journal.exam_envelope)
    writer.add(container.EXAM, [exam])
    wanted = log.blobs.keys() if only is None else log.blobs.keys() & set(only)
    for sha256 in sorted(wanted):
        _write_blob(writer, log.blobs[sha256], journal.blob_path(sha256))
    return Manifest(
        session=journal.session,
        session_key=log.session_key or journal.session_key(),
        exam_sha256=digest(exam),
        records=log.head.seq,
        records_sha256=records.sha256,
        head=log.head.hash,
        closed=log.closed,
        files=tuple(writer.files),
        missing=absent_blobs(wanted, writer.files, container.BLOBS),
        withheld=tuple(sorted(log.blobs.keys() - wanted)),
    )


def _write_envelopes(
    writer: ContainerWriter,
    envelopes: Iterable[tuple[int, bytes]],
    folder: str,
    head: Head,
) -> None:
    # A receipt of a running session may cover more than the records that were exported here.
    for seq, envelope in sorted(dict(envelopes).items()):
        if seq <= head.seq:
            writer.add(container.envelope_name(folder, seq), [envelope])


def _write_blob(writer: ContainerWriter, blob: BlobRef, path: Path | None) -> None:
    """Add the blob, unless it is not there or no longer has the hash that its record names."""
    if path is None:
        return
    offset = writer.position()
    try:
        line = writer.add(container.BLOBS + blob.sha256, _pieces(path))
        whole = (line.sha256, line.size) == (blob.sha256, blob.size)
    except _Unreadable:
        whole = False
    if not whole:
        writer.cut_back(offset)


class _Unreadable(Exception):
    """A blob's file cannot be read: told apart from a destination that cannot be written."""


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        file = path.open("rb")
    except OSError as problem:
        raise _Unreadable from problem
    with file:
        while piece := _read(file):
            yield piece


def _read(file: BinaryIO) -> bytes:
    try:
        return file.read(_PIECE_BYTES)
    except OSError as problem:
        raise _Unreadable from problem


def _from_journal(journal: Journal, read: Callable[[], T]) -> T:
    """What ``read`` gives; a file of the journal that is gone is not the destination's fault."""
    try:
        return read()
    except OSError as problem:
        name = Path(problem.filename).name if problem.filename else "a file of it"
        raise _damaged(
            journal.session, f"{name} cannot be read ({problem.strerror or problem})"
        ) from problem


def _part_beside(destination: Path) -> Path:
    handle, name = tempfile.mkstemp(
        prefix=f".{destination.name}.", suffix=".part", dir=destination.parent
    )
    os.close(handle)
    return Path(name)


def _summary(path: Path, now: datetime, manifest: Manifest, size_bytes: int) -> PackageSummary:
    def count(prefix: str) -> int:
        return sum(line.name.startswith(prefix) for line in manifest.files)

    return PackageSummary(
        path=path,
        made=now,
        session=manifest.session,
        records=manifest.records,
        checkpoints=count(container.CHECKPOINTS),
        receipts=count(container.RECEIPTS),
        blobs=count(container.BLOBS),
        missing=manifest.missing,
        withheld=manifest.withheld,
        closed=manifest.closed,
        size_bytes=size_bytes,
    )


def _unwritable(destination: Path, problem: OSError) -> EnvironmentProblem:
    if problem.errno in _FULL:
        return EnvironmentProblem(
            str(destination),
            "the disk is full, so the export was not written",
            "Free some space or choose another disk; the session's own evidence is untouched.",
        )
    return EnvironmentProblem(
        str(destination),
        f"the export cannot be written ({problem.strerror or problem})",
        "Check the folder and its permissions; the session's own evidence is untouched.",
    )


def _damaged(session: str, why: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"the journal of session {session}",
        why,
        "Run 'proctor-desktop upload' with the same --data: it mends what can be mended, and "
        "delivers what was signed while the session ran.",
    )
