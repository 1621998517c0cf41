"""Keeping what is in memory out of files that nobody sealed."""

from __future__ import annotations

import ctypes
import sys

_PR_SET_DUMPABLE = 4  # of sys/prctl.h


def forbid_core_dumps() -> None:
    """Let this process leave no core dump when it crashes.

    It would have camera pictures and the screen in it, readable by whoever uses the computer. A
    limit of nought does not reach collectors that the kernel pipes a dump to (core(5)); on Linux
    the process is therefore marked as well, which also keeps other programs of the same person from
    reading its memory. Windows writes no dump by itself.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on every system

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
