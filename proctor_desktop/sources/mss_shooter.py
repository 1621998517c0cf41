"""Pictures of the screen through mss, which knows every system."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

import mss
import numpy as np
from mss.exception import ScreenShotError
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.durability import FULL

# mss asserts that the X server answers, so a server that left is an AssertionError.
MSS_FAILURES = (ScreenShotError, OSError, AssertionError)


class MssShooter:
    """Takes the picture of all displays together."""

    def __init__(self) -> None:
        self._open()

    def shoot(self) -> NDArray[np.uint8]:
        """The screen now, BGRA; raises EnvironmentProblem."""
        if self._is_old:
            self._open()
        try:
            shot = self._mss.grab(self._everything)
        except MSS_FAILURES as problem:
            raise no_picture(problem) from problem
        return np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)

    def look_again(self) -> None:
        """Ask for the displays once more, which mss does only at the beginning."""
        self.close()
        self._is_old = True

    def close(self) -> None:
        """Let go of the display."""
        with suppress(*MSS_FAILURES):  # the X server may have left first
            self._mss.close()

    def _open(self) -> None:
        try:
            # Only on Linux can mss draw the pointer in.
            options: dict[str, Any] = {"with_cursor": True} if sys.platform == "linux" else {}
            self._mss = mss.MSS(**options)
            self._everything = self._mss.monitors[0]
        except MSS_FAILURES as problem:
            raise no_picture(problem) from problem
        self._is_old = False


def no_picture(problem: Exception) -> EnvironmentProblem:
    """What to say when the display gives none."""
    if isinstance(problem, OSError) and problem.errno in FULL:
        return EnvironmentProblem(
            "screen recording",
            f"there is no room for a picture of the screen in memory ({problem.strerror})",
            "Raise the limit on the size of files (ulimit -f), or make room in /dev/shm.",
        )
    reason = str(problem) or "it does not answer"
    return EnvironmentProblem(
        "screen recording",
        f"the display gives no picture ({reason})",
        "Check that the desktop session still runs and that DISPLAY names it.",
    )
