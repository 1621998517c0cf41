"""The keys that sign a session's checkpoints: one each, and none of them twice.

Each checkpoint names the key that signs the next one. Once it is committed, the key that signed it
is overwritten and removed, so that whoever takes the computer over later cannot sign the past anew.
(An SSD or a copying file system may keep what was overwritten; nothing in this program uses it.)

A key is on disk under its public half before the checkpoint that names it is committed. After a
crash the last committed checkpoint therefore says which one is due, and the others are removed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.hosts.durability import sync_folder
from proctor_desktop.journal.blobs import write_new
from proctor_desktop.journal.database import damaged
from proctor_desktop.wire import dsse

_SUFFIX = ".key"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Pair:
    """What a checkpoint needs: the key that is due, and the public half of the one after it."""

    due: Ed25519PrivateKey
    next_key: str


class SigningKeys:
    """The keys in ``folder``, for the one process that signs.

    ``due`` is the public key (hex) that the last committed checkpoint names. Raises
    EnvironmentProblem when its private half is not here.
    """

    def __init__(self, folder: Path, due: str) -> None:
        self._folder = folder
        found = load(folder, due)
        if found is None:
            raise damaged(folder, "the key that has to sign next is not in it")
        self._due = found
        self._next: Ed25519PrivateKey | None = None
        self._spent = [path for path in folder.iterdir() if path.name != due + _SUFFIX]
        self._tidy()

    def pair(self) -> Pair | None:
        """The keys for the next checkpoint; None as long as the disk takes no new key.

        A record must not be lost for want of a key: it is kept without a checkpoint, and the next
        commit tries again.
        """
        if self._next is None:
            self._prepare()
        return None if self._next is None else Pair(self._due, dsse.public_hex(self._next))

    def rotate(self) -> None:
        """The checkpoint that :meth:`pair` was for is durable: the key that signed it has to go."""
        if self._next is None:
            raise RuntimeError("no checkpoint has been signed since the last one")
        self._spent.append(_path(self._folder, dsse.public_hex(self._due)))
        self._due, self._next = self._next, None
        self._tidy()

    def _tidy(self) -> None:
        """Destroy what is spent and make the next key, so that no commit has to wait for it."""
        self._spent = [path for path in self._spent if not _destroyed(path)]
        self._prepare()

    def _prepare(self) -> None:
        key = Ed25519PrivateKey.generate()
        try:
            keep(self._folder, key)
        except OSError:  # a full disk; whoever asks for the pair is told that there is none
            return
        self._next = key


class NoKeys:
    """Signs nothing: for a journal whose key is gone, of which only the delivery is noted."""

    def pair(self) -> Pair | None:
        """None, as where the disk takes no new key."""
        return None

    def rotate(self) -> None:
        """Never called, since nothing is signed."""
        raise RuntimeError("nothing has been signed without a key")


def keep(folder: Path, key: Ed25519PrivateKey) -> None:
    """Make a key durable under its public half; raises OSError."""
    write_new(_path(folder, dsse.public_hex(key)), key.private_bytes_raw())
    sync_folder(folder)


def load(folder: Path, public_key: str) -> Ed25519PrivateKey | None:
    """The private half of ``public_key`` (hex), or None if it is not here (any more)."""
    try:
        key = Ed25519PrivateKey.from_private_bytes(_path(folder, public_key).read_bytes())
    except (OSError, ValueError):
        return None
    return key if dsse.public_hex(key) == public_key else None


def _path(folder: Path, public_key: str) -> Path:
    return folder / (public_key + _SUFFIX)


def _destroyed(path: Path) -> bool:
    """Overwrite and remove a key's file; False if the disk refuses, to be tried again."""
    try:
        with path.open("rb+") as file:
            file.write(bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        sync_folder(path.parent)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
