"""Keeping what is in memory out of files that nobody sealed."""

from __future__ import annotations

import sys


def forbid_core_dumps() -> None:
    """Let this process, and those that it starts, leave no core dump when they crash.

    It would have camera pictures and the screen in it, readable by whoever uses the computer.
    Windows writes none by itself. A crash reporter that takes dumps over a pipe is told of the
    limit and may ignore it; the usual ones do not.
    """
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
