"""A disk without a free block: what has its space already can be overwritten, nothing else."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch


@contextmanager
def full_disk() -> Iterator[None]:
    """No file grows and none is made, by Python code of this process."""
    write, open_ = os.write, os.open

    def perhaps_write(descriptor: int, content: Any) -> int:
        if not os.path.isfile(f"/proc/self/fd/{descriptor}"):
            return write(descriptor, content)
        room = os.fstat(descriptor).st_size - os.lseek(descriptor, 0, os.SEEK_CUR)
        if room <= 0:
            raise _refusal()
        return write(descriptor, bytes(content)[:room])

    def perhaps_open(path: Any, flags: int, *mode: Any, **options: Any) -> int:
        if flags & os.O_CREAT and not os.path.exists(path):
            raise _refusal()
        return open_(path, flags, *mode, **options)

    with patch.object(os, "write", perhaps_write), patch.object(os, "open", perhaps_open):
        yield


def _refusal() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
