"""Keeping the C library from hoarding memory."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of malloc.h

_SETTINGS = {
    _ARENA_MAX: 2,
    _MMAP_THRESHOLD: 1024 * 1024,
    _TRIM_THRESHOLD: 2 * 1024 * 1024,
}
"""Two arenas for all threads, and what is larger than a camera picture goes back to the system as
soon as it is freed. A lower limit saves some 30 MB more while a large screen is recorded, and
costs a hundredth of a core: each picture's memory would be mapped anew."""


def keep_memory_compact() -> None:
    """Stop glibc from keeping what it was given back; to be called before any thread is started.

    It gives each thread an arena of its own and hardly ever returns what a video encoder or a model
    once used: without this the monitor is some 100 MB larger. Other C libraries have no such
    settings, and nothing is done there.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        for name, value in _SETTINGS.items():
            mallopt(name, value)
