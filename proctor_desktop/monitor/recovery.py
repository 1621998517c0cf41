"""Picking up a session that an earlier monitor left: read it back, save what lies about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from proctor_desktop.config.exam import open_envelope
from proctor_desktop.core import media_type
from proctor_desktop.core.chain import BlobRef, BrokenChain, digest
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.session import Phase
from proctor_desktop.journal.blobs import BlobStore, NotKept, hash_file
from proctor_desktop.journal.database import Damaged, damaged
from proctor_desktop.journal.mend import mend, put_aside, rebuild
from proctor_desktop.journal.next_signer import why_unsignable
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.recover import LeftBehind, closing_entries, read_back
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Entry, Writer
from proctor_desktop.monitor.segment_record import segment_data
from proctor_desktop.recording.orphan import orphan
from proctor_desktop.wire import rest
from proctor_desktop.wire.seal import MAGIC, is_sealed
from proctor_desktop.wire.unseal import BadSeal, read_header

_TYPES = {b"\xff\xd8\xff": media_type.JPEG, b"OggS": media_type.OGG}
"""Media types by what a file begins with; what begins otherwise is video."""

_SEALED_TYPES = {*_TYPES.values(), media_type.PNG, media_type.MP4}


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session to go on with, and where it stands."""

    folder: SessionFolder
    left: LeftBehind


@dataclass(frozen=True, slots=True)
class BrokenOff:
    """A session that cannot be gone on with, and why; a new one takes its place.

    What it has recorded stays where it is. The new session's records say so, as a gap.
    """

    session: str
    why: str

    def to_json(self) -> dict[str, Any]:
        """The ``data`` of a ``gap`` record."""
        reason = f"session {self.session} broke off, and this one was begun: {self.why}"
        return {"source": "monitor", "reason": reason, "session": self.session}


def find_unfinished(
    folders: Iterable[SessionFolder], exam_sha256: str, candidate: rest.Candidate
) -> tuple[Unfinished | None, BrokenOff | None]:
    """The session to go on with among ``folders`` (newest first), or the one that broke off.

    A damaged session keeps nobody from their exam. Only the newest is told: of an older one, the
    session that was begun in its place has told. Raises EnvironmentProblem for what a person can
    put right.
    """
    broken: BrokenOff | None = None
    for number, folder in enumerate(folders):
        try:
            found = unfinished(folder, exam_sha256, candidate)
        except Damaged as problem:
            if number == 0:
                broken = BrokenOff(folder.session, problem.why)
            continue
        if found is not None:
            return found, None
    return None, broken


def unfinished(
    folder: SessionFolder, exam_sha256: str, candidate: rest.Candidate
) -> Unfinished | None:
    """The session in ``folder`` if it is of this exam and candidate and has no end yet.

    On a computer that several people use, nobody may go on with somebody else's session.

    A damaged journal is put aside and written again from its twin log first. Raises
    EnvironmentProblem when that is not possible: Damaged where nobody can put it right. That is so,
    too, when the key that has to sign next is gone: the twin log had no room for the checkpoint
    that names its successor, and the database, which had it, was damaged afterwards. What was
    signed can be delivered all the same (``late_delivery``).
    """
    envelope = folder.exam_envelope()
    if digest(envelope) != exam_sha256:
        open_envelope(envelope, str(folder.path / "exam.dsse"))  # another exam, or a damaged one?
        return None
    mend(folder.path)
    try:
        left = _read_back(folder)
    except BrokenChain as problem:
        rebuild(folder.path, str(problem))
        left = _read_back(folder)
    if left.phase is Phase.CLOSED or not _is_of(left, candidate):
        return None
    _check_can_sign(folder)
    return Unfinished(folder, left)


def _check_can_sign(folder: SessionFolder) -> None:
    with Reader(folder.path, check=False) as reader:
        if why := why_unsignable(reader):
            raise damaged(folder.path, why)
    folder.credentials()


def _read_back(folder: SessionFolder) -> LeftBehind:
    with Reader(folder.path, check=False) as reader:
        return read_back(reader.records())


def _is_of(left: LeftBehind, candidate: rest.Candidate) -> bool:
    if left.opened is None:
        return True
    there = left.opened.data["candidate"]
    return all(
        str(there[field]).casefold() == given.casefold()
        for field, given in (("name", candidate["name"]), ("email", candidate["email"]))
    )


def take_over(
    found: Unfinished, reader: Reader, writer: Writer, blobs: BlobStore, now: Moment, boot: str
) -> None:
    """Write what a restart has to write, and adopt the files that no record names yet.

    Nothing is deleted: what cannot be used is moved to ``quarantine/``.
    """
    writer.reopen_ledger()
    orphans = sorted(blobs.names() - reader.named_blobs())
    whole = [name for name in orphans if _is_whole(blobs, name)]
    parts = _parts(found.folder)
    segments = [entry for part in parts if (entry := _recovered(part, blobs, now))]
    useless = _useless(found.folder, set(orphans) - set(whole))
    entries = closing_entries(found.left, now, boot, len(whole))
    if entries:
        told = entries[0].data | _damage(found)
        if useless:
            told |= {"quarantined": len(useless)}
        entries[0] = Entry(now, "restart", told, _references(blobs, whole))
    writer.append(*entries[:1], *segments, *entries[1:])
    _quarantine(found.folder, useless)


def _is_whole(blobs: BlobStore, name: str) -> bool:
    """Whether a file is what its name says: a disk may have kept the name and not the content."""
    path = blobs.path(name)
    return path is not None and hash_file(path)[0] == name


def _recovered(part: Path, blobs: BlobStore, now: Moment) -> Entry | None:
    """The record of a video that was being written, or of why it could not be taken over."""
    try:
        return _segment(part, blobs, now)
    except NotKept as problem:
        lost = {"what": "screen segment", "reason": str(problem), "file": part.name}
        return Entry(now, "not_captured", lost)


def _damage(found: Unfinished) -> dict[str, Any]:
    """What the restart record says of a database that had to be written again."""
    aside = [name for name in put_aside(found.folder.path) if name not in found.left.damaged]
    if not aside:
        return {}
    return {"damaged": aside, "rebuilt": "the database was written again from its twin log"}


def _references(blobs: BlobStore, names: list[str]) -> tuple[BlobRef, ...]:
    """How the restart record names files that no record names yet.

    Sealed ones are named without the salted hash of their content (``seals``): salt and content are
    encrypted, and the file's key was in the memory of the monitor that is gone. They are bound to
    one content all the same, by the file's own hash and by the header's commitment to its key.
    """
    references = []
    for name in names:
        path = blobs.path(name)
        if path is not None:
            references.append(BlobRef(name, _type_of(path), path.stat().st_size))
    return tuple(references)


def _type_of(path: Path) -> str:
    with path.open("rb") as file:
        begins = file.read(max(len(MAGIC), *map(len, _TYPES)))
        if is_sealed(begins):
            file.seek(0)
            return _sealed_type(file)
    known = (kind for start, kind in _TYPES.items() if begins.startswith(start))
    return next(known, media_type.MP4)


def _sealed_type(file: BinaryIO) -> str:
    """The type of what is sealed, as its header says; nothing of it can be read here."""
    try:
        stated = read_header(file).type
    except BadSeal:
        return media_type.BYTES
    return stated if stated in _SEALED_TYPES else media_type.BYTES


def _parts(folder: SessionFolder) -> list[Path]:
    return sorted(folder.segments.glob("*.part"))


def _segment(part: Path, blobs: BlobStore, now: Moment) -> Entry | None:
    """A video that was being written: whole up to its last frame, so it is evidence."""
    found = orphan(part)
    if found is None:
        return None
    data = {**segment_data(found), "recovered": True}
    return Entry(now, "segment", data, (blobs.adopt(part, media_type.MP4),))


def _useless(folder: SessionFolder, torn: set[str]) -> list[Path]:
    """What can be taken for nothing: unfinished files, and blobs that are not what they are."""
    names = [folder.blobs / name for name in sorted(torn)]
    return [*folder.incoming.glob("*.part"), *_parts(folder), *names]


def _quarantine(folder: SessionFolder, useless: list[Path]) -> None:
    if not useless:
        return
    quarantine = folder.path / "quarantine"
    quarantine.mkdir(mode=0o700, exist_ok=True)
    for path in useless:
        path.rename(quarantine / path.name)
