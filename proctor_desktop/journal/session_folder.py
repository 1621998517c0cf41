"""Where one session lives on disk.

DATA/<session>/journal.db     records, checkpoints, receipts, delivery
               records.log    the same but the delivery once more (see twin_log)
               reserve/       space for when the disk is full (see reserve)
               blobs/<sha256> stills and segments, complete
               incoming/      files still being written (*.part)
               exam.dsse      the exam file as it was opened
               keys/          the key that signs the next checkpoint, and the one after it
               enrolment.key  the key that asks the endpoint for tokens
               delegation.dsse  the session key's word that it may
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.durability import sync_folder
from proctor_desktop.journal import signing_keys, twin_log
from proctor_desktop.journal.blobs import write_new
from proctor_desktop.journal.database import FILE_NAME, damaged, open_for_writing
from proctor_desktop.wire import dsse, rest

_LOCK = "in-use.lock"
_WANTED = "takeover.lock"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an enrolment is signed with, and the session key's signature that it may be.

    The session key itself is destroyed at the first checkpoint, a token may be needed any time.
    """

    key: Ed25519PrivateKey
    delegation: bytes

    @property
    def session_key(self) -> str:
        """The public key (hex) that the session is registered with."""
        return str(dsse.peek(self.delegation)["session_key"])


@dataclass(frozen=True, slots=True)
class SessionFolder:
    """The paths of one session."""

    path: Path

    @property
    def session(self) -> str:
        """The session's UUID: the folder's name."""
        return self.path.name

    @property
    def blobs(self) -> Path:
        """Complete files, each named by its SHA-256."""
        return self.path / "blobs"

    @property
    def incoming(self) -> Path:
        """Files that are still being written."""
        return self.path / "incoming"

    @property
    def segments(self) -> Path:
        """Screen video that is still being written."""
        return self.path / "segments"

    def exam_envelope(self) -> bytes:
        """The exam file's bytes as they were when the session was opened."""
        path = self.path / "exam.dsse"
        try:
            return path.read_bytes()
        except OSError as problem:
            raise damaged(path, problem.strerror or "unreadable") from problem

    @property
    def keys(self) -> Path:
        """The private keys of checkpoints to come."""
        return self.path / "keys"

    def credentials(self) -> Credentials:
        """What this session enrols with."""
        path = self.path / "enrolment.key"
        try:
            key = Ed25519PrivateKey.from_private_bytes(path.read_bytes())
            made = Credentials(key, (self.path / "delegation.dsse").read_bytes())
            dsse.verify(made.delegation, dsse.DELEGATION, [made.session_key])
        except OSError as problem:
            raise damaged(path, problem.strerror or "unreadable") from problem
        except (ValueError, KeyError) as problem:
            raise damaged(path, "there is no key in it, or none that may be used") from problem
        return made

    def session_key(self) -> str:
        """The public key (hex) that the session is registered with; it signs first."""
        return self.credentials().session_key


def create(data: Path, exam_envelope: bytes) -> SessionFolder:
    """Make the folder of a new session with its key, its copy of the exam and an empty journal.

    The folder gets its final name only when it is complete, so a crash leaves no half session.
    """
    session = str(uuid.uuid4())
    draft = SessionFolder(data / f".new-{session}")
    try:
        for folder in (draft.path, draft.blobs, draft.incoming, draft.segments, draft.keys):
            folder.mkdir(mode=0o700)
        _make_keys(draft, session)
        write_new(draft.path / "exam.dsse", exam_envelope)
        open_for_writing(draft.path).close()
        sync_folder(draft.path)
        draft.path.rename(data / session)
        sync_folder(data)
    except OSError as problem:
        raise EnvironmentProblem(
            str(data),
            f"a session cannot be created there ({problem.strerror})",
            "Free some space or choose another folder with --data.",
        ) from problem
    return SessionFolder(data / session)


def _make_keys(draft: SessionFolder, session: str) -> None:
    first, enrolment = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    body: rest.DelegationPayload = {
        "session": session,
        "session_key": dsse.public_hex(first),
        "enrol_key": dsse.public_hex(enrolment),
    }
    signing_keys.keep(draft.keys, first)
    write_new(draft.path / "enrolment.key", enrolment.private_bytes_raw())
    write_new(draft.path / "delegation.dsse", dsse.sign_json(first, dsse.DELEGATION, body))


def existing(data: Path) -> list[SessionFolder]:
    """The sessions in a data folder, oldest first."""
    if not data.is_dir():
        return []
    found = [p for p in data.iterdir() if p.name[0] != "." and _has_journal(p)]
    found.sort(key=lambda p: (_made_ns(p), p.name))
    return [SessionFolder(p) for p in found]


def _has_journal(folder: Path) -> bool:
    """A database, or the log that it can be written again from."""
    return (folder / FILE_NAME).is_file() or (folder.is_dir() and bool(twin_log.files(folder)))


def _made_ns(folder: Path) -> int:
    """When the session was made: its exam is never written again. 0 where it is gone."""
    exam = folder / "exam.dsse"
    return exam.stat().st_mtime_ns if exam.exists() else 0


def find(data: Path, session: str = "") -> SessionFolder:
    """The session with this UUID, or the newest one; raises EnvironmentProblem without one."""
    for folder in reversed(existing(data)):
        if session in ("", folder.session):
            return folder
    raise EnvironmentProblem(
        str(data),
        f"there is no session {session} in this folder".replace("  ", " "),
        "Check the path given as --data.",
    )


@contextmanager
def exclusive(data: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the data folder for one monitor at a time; made if there is none.

    ``wait_s`` is how long to wait for another one to let go; meanwhile :func:`takeover_wanted` is
    true for it. Raises EnvironmentProblem if another process holds the folder.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(data, os.W_OK):
            raise PermissionError(13, "not writable")
        with _waiting(data) if wait_s else nullcontext():
            lock = _locked(data / _LOCK, wait_s)
    except (OSError, sqlite3.Error) as problem:
        raise EnvironmentProblem(
            str(data),
            f"the data folder cannot be used ({problem})",
            "Choose a folder that you may write to with --data.",
        ) from problem
    if lock is None:
        raise EnvironmentProblem(
            str(data),
            "another monitor is using this data folder",
            "Wait for it to end, or choose another folder with --data.",
        )
    with closing(lock):
        yield


def takeover_wanted(data: Path) -> bool:
    """Whether another monitor waits for this data folder right now."""
    lock = _locked(data / _WANTED, 0.0)
    if lock is None:
        return True
    lock.close()
    return False


@contextmanager
def _waiting(data: Path) -> Iterator[None]:
    """Let :func:`takeover_wanted` be true; of several who wait, one is enough."""
    lock = _locked(data / _WANTED, 1.0)  # whoever asks holds it for an instant
    try:
        yield
    finally:
        if lock is not None:
            lock.close()


def _locked(path: Path, wait_s: float) -> sqlite3.Connection | None:
    """Hold ``path`` until the connection is closed; None if another process holds it.

    The lock is a transaction on an empty database: portable, and the system frees it when the
    process dies, however it dies.
    """
    lock = sqlite3.connect(path, timeout=wait_s, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as problem:
        lock.close()
        if problem.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return None
        raise
    return lock
