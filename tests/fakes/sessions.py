"""Small real sessions on disk, for tests of what reads and writes them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from proctor_desktop.core.chain import BlobRef, digest
from proctor_desktop.core.moment import Moment
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.blobs import BlobStore
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.reserve import Reserve
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Entry, Writer
from proctor_desktop.wire.seal import Recipients
from tests.playbook import moment

BOOT = "boot-1"
EXAM = b'{"payloadType":"an exam of no importance"}'


def new_session(data: Path, exam: bytes = EXAM) -> SessionFolder:
    """A session in ``data``, which is made if need be."""
    data.mkdir(exist_ok=True)
    return session_folder.create(data, exam)


def entry(kind: str = "heartbeat", at: Moment | None = None, *blobs: BlobRef, **data: Any) -> Entry:
    """A record that is not urgent."""
    return Entry(at or moment(1), kind, data, blobs)


def urgent(kind: str, at: Moment | None = None, *blobs: BlobRef, **data: Any) -> Entry:
    """A record that wants a checkpoint."""
    return Entry(at or moment(1), kind, data, blobs, urgent=True)


def blob(content: bytes, media_type: str = "image/jpeg") -> BlobRef:
    """How a record names a file with this content."""
    return BlobRef(digest(content), media_type, len(content))


def store(folder: SessionFolder, reserve: Reserve | None = None) -> BlobStore:
    """The session's blobs."""
    claim = reserve.claim_still if reserve else lambda *_: False
    return BlobStore(folder.blobs, folder.incoming, Recipients(folder.session), claim)


@contextmanager
def writing(folder: SessionFolder, boot: str = BOOT) -> Iterator[Writer]:
    """The session's writer, closed at the end."""
    writer = Writer(folder, boot)
    try:
        yield writer
    finally:
        writer.close()


def copy_what_is_there(source: str, target: str) -> None:
    """A key that has just signed is destroyed behind the back of whoever copies."""
    with suppress(FileNotFoundError):
        shutil.copy2(source, target)


@contextmanager
def reading(folder: SessionFolder) -> Iterator[Reader]:
    """The session's reader, closed at the end."""
    with Reader(folder.path) as reader:
        yield reader


def as_after_a_power_cut(folder: SessionFolder, to: Path) -> SessionFolder:
    """The session as another process would find it if the computer had stopped just now."""
    shutil.copytree(folder.path, to / folder.session, copy_function=copy_what_is_there)
    for shared in (to / folder.session).glob("*-shm"):
        shared.unlink()  # memory, not disk
    return SessionFolder(to / folder.session)
