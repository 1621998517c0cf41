"""Files that records name: written so that a file under its final name is always complete."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from proctor_desktop.core.chain import BlobRef, digest
from proctor_desktop.hosts.durability import FULL, sync, sync_folder, write_all
from proctor_desktop.wire.seal import Recipients, sealed

_CHUNK_BYTES = 1024 * 1024
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_THERE = os.O_WRONLY | getattr(os, "O_BINARY", 0)


class NotKept(OSError):
    """A file could not be made safe; the record that names it must say so instead."""

    def __str__(self) -> str:
        """The reason in words, without a number."""
        return self.strerror or "the disk gave no reason"


class BlobStore:
    """The blobs of one session.

    ``blobs`` holds complete files named by their SHA-256, ``incoming`` the unfinished ones. What is
    kept is sealed in memory first, if there is anybody to seal it to.
    """

    def __init__(
        self,
        blobs: Path,
        incoming: Path,
        to: Recipients,
        claim: Callable[[Path, int], bool] = lambda *_: False,
    ) -> None:
        """``claim`` is called, in any thread, when the disk is full.

        It makes of allocated space a file of that name with room for so many bytes, if it can.
        """
        self._claim = claim
        self._blobs = blobs
        self._incoming = incoming
        self._to = to

    def keep(self, content: bytes, media_type: str) -> BlobRef:
        """Make ``content``, sealed, durable under its hash; raises NotKept if the disk refuses."""
        seals = ""
        if self._to:
            content, seals = sealed(content, self._to, media_type)
        name = digest(content)
        try:
            self._write(content, name, write_new)
        except OSError as refusal:
            # The system may hold the bytes for written, so they go to a new file, once.
            write = self._write_into_claimed if refusal.errno in FULL else write_new
            try:
                self._write(content, name, write)
            except OSError as problem:
                raise NotKept(problem.errno, problem.strerror) from problem
        return BlobRef(name, media_type, len(content), seals)

    def adopt(self, part: Path, media_type: str, seals: str = "") -> BlobRef:
        """Take over a file that nobody writes to any more; raises NotKept.

        One that cannot be synced is copied to a new file. ``seals`` is the salted hash of its
        content where it is a sealed and complete one.
        """
        try:
            name, size = hash_file(part)
            try:
                sync_file(part)
                self._publish(part, name)
            except OSError:
                self._write(part.read_bytes(), name, write_new)
                with suppress(OSError):  # then recovery finds it
                    part.unlink()
        except OSError as problem:
            raise NotKept(problem.errno, problem.strerror) from problem
        return BlobRef(name, media_type, size, seals)

    def path(self, sha256: str) -> Path | None:
        """Where the blob is, or None if it is not here (any more)."""
        candidate = self._blobs / sha256
        return candidate if candidate.is_file() else None

    def names(self) -> set[str]:
        """The hashes of all blobs that are here."""
        return {entry.name for entry in self._blobs.iterdir() if entry.is_file()}

    def _write(self, content: bytes, name: str, write: Callable[[Path, bytes], None]) -> None:
        part = self._incoming / f"{uuid.uuid4()}.part"
        try:
            write(part, content)
            self._publish(part, name)
        except OSError:
            with suppress(OSError):  # a disk that is read-only by now; recovery finds it
                part.unlink(missing_ok=True)
            raise

    def _write_into_claimed(self, part: Path, content: bytes) -> None:
        """Overwrite a file that has its space already; without one, see whether there is some."""
        if not self._claim(part, len(content)):
            write_new(part, content)
            return
        with _synced(os.open(part, _THERE)) as descriptor:
            write_all(descriptor, content)
            os.ftruncate(descriptor, len(content))

    def _publish(self, part: Path, name: str) -> None:
        part.replace(self._blobs / name)
        sync_folder(self._blobs)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, readable by its owner only, and sync it."""
    with _synced(os.open(path, _NEW, 0o600)) as descriptor:
        write_all(descriptor, content)


@contextmanager
def _synced(descriptor: int) -> Iterator[int]:
    """Sync what was written meanwhile, and close in any case."""
    try:
        yield descriptor
        sync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make a file's content durable, whoever wrote it."""
    with path.open("rb+") as file:
        sync(file.fileno())


def hash_file(path: Path) -> tuple[str, int]:
    """The SHA-256 (hex) and size in bytes of a file, read in pieces."""
    hasher, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK_BYTES):
            hasher.update(piece)
            size += len(piece)
    return hasher.hexdigest(), size
