"""Keeping the C library from hoarding memory."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of malloc.h

_SETTINGS = {
    _ARENA_MAX: 2,
    _MMAP_THRESHOLD: 384 * 1024,
    _TRIM_THRESHOLD: 1024 * 1024,
}
"""Two arenas for all threads, and what is as large as a camera picture goes back to the system as
soon as it is freed: among small things, pictures leave holes, some 20 MB of them while a large
screen is recorded. That costs half a percent of a core; to do so with grey pictures, too, which are
a third as large, would cost a whole one."""


def keep_memory_compact() -> None:
    """Stop glibc from keeping what it was given back; to be called before any thread is started.

    It gives each thread an arena of its own and hardly ever returns what a video encoder or a model
    once used: without this the monitor is some 100 MB larger. Other C libraries have no such
    settings, and nothing is done there.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is not None:
        for name, value in _SETTINGS.items():
            mallopt(name, value)


def give_back_freed() -> None:
    """Return the holes among what is in use to the system, as glibc does only at the very end.

    They grow slowly, by some 20 MB in five minutes of screen recording. It takes 1 to 3 ms, for
    which other threads may have to wait.
    """
    malloc_trim = _of_glibc("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(0)


def _of_glibc(name: str) -> Any:
    """A function that only glibc has; None elsewhere."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None
