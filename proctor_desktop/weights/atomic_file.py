"""Writing a file so that a reader sees the old bytes or the new ones, never a part of them."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.durability import sync_folder

_READABLE_BY_ALL = 0o644


def write_atomically(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``, on disk before this returns; makes the folder if need be.

    A failure leaves what was there before and no temporary file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
        sync_folder(path.parent)
    except OSError as error:
        raise EnvironmentProblem(
            str(path),
            f"it cannot be written ({error.strerror or error})",
            "Free some space, or run the command as a user who may write there.",
        ) from error


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(data)
            part.flush()
            os.fsync(part.fileno())
        os.chmod(name, _READABLE_BY_ALL)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
