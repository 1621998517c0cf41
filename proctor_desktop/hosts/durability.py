"""Making what was written survive a power cut."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})
"""What a disk says that has no room: a descriptor that it is said of is as good as before."""


def sync(descriptor: int) -> None:
    """Bring a file's content to the disk itself; raises OSError.

    After an error the system may have dropped what was written and call the next sync a success:
    never sync the same descriptor again, write the bytes to a new file.
    """
    os.fsync(descriptor)
    if sys.platform == "darwin":
        from fcntl import F_FULLFSYNC, fcntl  # noqa: PLC0415 - not on every system

        fcntl(descriptor, F_FULLFSYNC)  # fsync alone stops at the drive's cache there


def write_all(descriptor: int, content: bytes) -> None:
    """Write all of ``content``, however little the system takes at a time; raises OSError."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable: files that were made, renamed or removed there.

    Raises OSError. Windows cannot open a folder for this; its file system keeps a journal itself.
    """
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
