"""The blobs on disk: complete and with the right hash, or not there at all."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from proctor_desktop.endpoint.refusal import Refusal
from proctor_desktop.hosts.durability import sync_folder

_CHUNK_BYTES = 64 * 1024
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_ABANDONED_AFTER_S = 3600.0


class Readable(Protocol):
    """Where a blob comes from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class MediaFolder:
    """A folder with one folder a session; a file's name is its SHA-256 and nothing else."""

    root: Path

    def path(self, session: uuid.UUID, sha256: str) -> Path:
        """Where this blob is, or would be."""
        return self.root / "sessions" / str(session) / sha256

    def receive(self, session: uuid.UUID, sha256: str, source: Readable, size_bytes: int) -> None:
        """Store ``size_bytes`` from ``source`` under their hash; on disk when this returns.

        Raises Refusal if the source ends early (400) or the hash is another (422), and OSError;
        then nothing is left behind.
        """
        incoming = self._folder(self.root / "incoming")
        part = incoming / f"{secrets.token_hex(16)}.part"
        try:
            if _write(part, source, size_bytes) != sha256:
                raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "The body's SHA-256 is another.")
            path = self.path(session, sha256)
            self._folder(path.parent)
            os.replace(part, path)
            sync_folder(path.parent)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()

    def sweep(self) -> int:
        """Remove what a crash left half written (never acknowledged); how many there were.

        Only what is older than any request: another process may be receiving.
        """
        oldest = time.time() - _ABANDONED_AFTER_S
        parts = (self.root / "incoming").glob("*.part")
        old = [part for part in parts if part.stat().st_mtime < oldest]
        for part in old:
            part.unlink(missing_ok=True)
        return len(old)

    def _folder(self, folder: Path) -> Path:
        """``folder``, made with those above it where need be, each of them durable."""
        if not folder.is_dir():
            self._folder(folder.parent)
            folder.mkdir(exist_ok=True, mode=_PRIVATE_FOLDER)
            sync_folder(folder.parent)
        return folder


def _write(part: Path, source: Readable, size_bytes: int) -> str:
    """Copy to a new file, synced; the hash of what was written."""
    seen = hashlib.sha256()
    left = size_bytes
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(part, flags, _PRIVATE_FILE), "wb") as file:
        while left and (chunk := source.read(min(left, _CHUNK_BYTES))):
            seen.update(chunk)
            file.write(chunk)
            left -= len(chunk)
        if left:
            raise Refusal(HTTPStatus.BAD_REQUEST, f"The body ended {left} bytes early.")
        file.flush()
        os.fsync(file.fileno())
    return seen.hexdigest()
