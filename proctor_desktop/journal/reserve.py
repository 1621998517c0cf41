"""Space that is set aside in good time, and written into when the disk has no other.

It is never given back to the file system while a session is recorded: whoever fills the disk would
have it at once. Each piece is a file of zeros whose blocks are allocated. A piece becomes the next
file of the twin log, or a still, by being renamed and then overwritten, which takes no new block.

A file system that copies on write (APFS, Btrfs, ZFS) may want new blocks for an overwrite too:
there a full disk may still refuse.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from proctor_desktop.hosts.durability import write_all

_FOLDER = "reserve"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
_PART_OF_FREE = 2
"""At most one part in so many of what is free is set aside: the journal wants some, too."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many files of one size, for one purpose."""

    purpose: str
    count: int
    size_bytes: int


LOG, STILL = "log", "still"
LOGS = Pieces(LOG, 4, 8 * 1024 * 1024)
STILLS = Pieces(STILL, 256, 128 * 1024)
"""64 MiB together: hours of records, and a still of each of 256 violations."""


class Reserve:
    """The reserve of the session in ``folder``. ``held`` is what a look at the disk says."""

    def __init__(self, folder: Path, pieces: tuple[Pieces, ...] = (LOGS, STILLS)) -> None:
        self._folder = folder
        self._sizes = {
            f"{kind.purpose}-{number:03}": kind.size_bytes
            for kind in pieces
            for number in range(1, kind.count + 1)
        }

    @property
    def held(self) -> bool:
        """Whether all of it is there."""
        return not self.missing_bytes

    @property
    def missing_bytes(self) -> int:
        """What has been written into, or could not be taken."""
        return sum(self._missing().values())

    def take(self) -> bool:
        """Set aside what is missing, as far as there is room; whether all of it is there."""
        try:
            (self._folder / _FOLDER).mkdir(mode=0o700, exist_ok=True)
            room_bytes = shutil.disk_usage(self._folder).free // _PART_OF_FREE
            for name, size_bytes in self._missing().items():
                room_bytes -= size_bytes
                if room_bytes < 0:
                    return False
                _allocated(self._folder / _FOLDER / name, size_bytes)
        except OSError:
            return False
        return True

    def give_up(self) -> bool:
        """Free what is left of it, once nothing is recorded any more; whether that was anything."""
        return give_up(self._folder)

    def claim_still(self, target: Path, size_bytes: int) -> bool:
        """Let a piece with room for ``size_bytes`` be ``target``; see :func:`claim`."""
        return claim(self._folder, STILL, target, size_bytes)

    def _missing(self) -> dict[str, int]:
        there: dict[str, int] = {}
        with suppress(OSError), os.scandir(self._folder / _FOLDER) as found:
            for entry in found:
                with suppress(OSError):  # claimed just now
                    there[entry.name] = entry.stat().st_size
        return {name: size for name, size in self._sizes.items() if there.get(name) != size}


def claim(folder: Path, purpose: str, target: Path, size_bytes: int = 0) -> bool:
    """Let a piece of the reserve be the file ``target``, which must not exist; whether one is left.

    It is zeros throughout, and as long as it was: who writes into it from its beginning needs no
    space up to there. Making the new name durable is up to the caller. Raises OSError.
    """
    for piece in _pieces(folder, purpose):
        try:
            if piece.stat().st_size < size_bytes:
                continue
            if not is_zeros(piece.read_bytes()):
                piece.unlink()  # claimed before a power cut that brought its old name back
                continue
            piece.rename(target)
        except FileNotFoundError:
            continue  # another thread was quicker
        return True
    return False


def give_up(folder: Path, purpose: str = "") -> bool:
    """Free what is left for a purpose, or for all; whether that was anything."""
    freed = False
    for piece in _pieces(folder, purpose):
        with suppress(OSError):  # a disk that is read-only has no room either way
            piece.unlink()
            freed = True
    return freed


def is_zeros(content: bytes) -> bool:
    """Whether nothing was ever written there."""
    return content.count(0) == len(content)


def _pieces(folder: Path, purpose: str) -> Iterator[Path]:
    return iter(sorted((folder / _FOLDER).glob(f"{purpose}*-*")))


def _allocated(path: Path, size_bytes: int) -> None:
    """Make a file of zeros that has its blocks, or none at all; raises OSError."""
    try:
        descriptor = os.open(path, _NEW, 0o600)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(descriptor, 0, size_bytes)
            else:
                write_all(descriptor, bytes(size_bytes))
        finally:
            os.close(descriptor)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
