"""Files that are made once, for the owner only, and are the same for every process after that."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from proctor_desktop.hosts.durability import sync_folder


def read_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """The file's bytes; where there is no file, those that ``make`` gives, on disk (mode 0600).

    Two processes that start at once agree on one content. Raises OSError.
    """
    with suppress(FileNotFoundError):
        return path.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(part, path)  # unlike a rename, it never replaces what another process made
    finally:
        os.unlink(part)
    sync_folder(path.parent)
    return path.read_bytes()
