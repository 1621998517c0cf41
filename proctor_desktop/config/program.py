"""How this program starts itself again as a child process."""

from __future__ import annotations

import sys

PACKAGE = "proctor_desktop"


def command(*args: str) -> list[str]:
    """The command line that runs this same program with ``args``.

    A frozen build is its own interpreter and takes no ``-m``; everywhere else the interpreter that
    runs now is used, so that the child has the same packages.
    """
    if is_frozen():
        return [sys.executable, *args]
    return [sys.executable, "-m", PACKAGE, *args]


def is_frozen() -> bool:
    """Whether this is a frozen build: one executable with everything in it."""
    return bool(getattr(sys, "frozen", False))
