"""Pictures of the whole screen, all displays together, with the pointer where it can be had."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

import mss
import numpy as np
from mss.exception import ScreenShotError
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import NS_PER_S, Clock
from proctor_desktop.core.observation import Source
from proctor_desktop.hosts import Host
from proctor_desktop.hosts.worker import Crashed, Worker
from proctor_desktop.sources.outage import Outage, Report
from proctor_desktop.sources.pacing import interval_ns, next_due_ns, wait_s

ScreenFrame: TypeAlias = Frame[NDArray[np.uint8]]
"""One picture of the screen: ``uint8``, height x width x 4, in BGRA order; alpha has no meaning."""

# mss asserts that the X server answers, so a server that left is an AssertionError.
_MSS_FAILURES = (ScreenShotError, OSError, AssertionError)
_RENEW_NS = 10 * NS_PER_S
_RETRY_S = 1.0


class Shooter(Protocol):
    """Whatever takes pictures of the screen."""

    def shoot(self) -> NDArray[np.uint8]:
        """The screen now, BGRA; raises EnvironmentProblem."""
        ...

    def close(self) -> None:
        """Let go of the display."""
        ...


class ScreenGrabber:
    """Calls ``put`` with a picture of the screen ``frames_per_s`` times a second.

    What ``put`` cannot take is for it to count. ``open`` raises EnvironmentProblem; when the screen
    goes away later, that is reported as health, and it is tried again every second.
    """

    def __init__(
        self,
        frames_per_s: float,
        put: Callable[[ScreenFrame], bool],
        clock: Clock,
        report: Report,
        crashed: Crashed,
        open_screen: Callable[[], Shooter],
    ) -> None:
        self._every_ns = interval_ns(frames_per_s)
        self._put = put
        self._clock = clock
        self._open_screen = open_screen
        self._outage = Outage(Source.SCREEN, clock, report)
        self._number = 0
        self._shooter: Shooter | None = None
        self._worker = Worker("screen", self._run, crashed)

    def open(self) -> None:
        """Reach the display; raises EnvironmentProblem."""
        self._shooter = self._open_screen()

    def start(self) -> None:
        """Begin to deliver; ``open`` came before."""
        self._worker.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End and wait."""
        stopped = self._worker.stop(timeout_s)
        if stopped:
            self._close()
        return stopped

    def _run(self, stopping: threading.Event) -> None:
        due_ns = renew_ns = self._clock.now().mono_ns
        try:
            while not stopping.wait(wait_s(due_ns, self._clock.now().mono_ns)):
                now_ns = self._clock.now().mono_ns
                if now_ns >= renew_ns + _RENEW_NS:  # so that a changed resolution is seen
                    self._close()
                    renew_ns = now_ns
                if not self._shoot():
                    stopping.wait(_RETRY_S)
                due_ns = next_due_ns(due_ns, now_ns, self._every_ns)
        finally:
            self._outage.close()
            self._close()

    def _shoot(self) -> bool:
        try:
            if self._shooter is None:
                self._shooter = self._open_screen()
            image = self._shooter.shoot()
        except EnvironmentProblem as problem:
            self._outage.begin(problem.why)
            self._close()
            return False
        self._outage.over("pictures of the screen come in")
        self._number += 1
        self._put(Frame(self._number, self._clock.now(), image))
        return True

    def _close(self) -> None:
        if self._shooter is not None:
            self._shooter.close()
        self._shooter = None


class MssShooter:
    """Takes the picture of all displays together through mss."""

    def __init__(self) -> None:
        try:
            # Only on Linux can mss draw the pointer in.
            options: dict[str, Any] = {"with_cursor": True} if sys.platform == "linux" else {}
            self._mss = mss.MSS(**options)
            self._everything = self._mss.monitors[0]
        except _MSS_FAILURES as problem:
            raise _no_screen(problem) from problem

    def shoot(self) -> NDArray[np.uint8]:
        """The screen now, BGRA; raises EnvironmentProblem."""
        try:
            shot = self._mss.grab(self._everything)
        except _MSS_FAILURES as problem:
            raise _no_screen(problem) from problem
        return np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)

    def close(self) -> None:
        """Let go of the display."""
        with suppress(*_MSS_FAILURES):  # the X server may have left first
            self._mss.close()


def open_screen(host: Host) -> Shooter:
    """The screen of ``host``; raises EnvironmentProblem where it cannot be pictured."""
    for ability in host.capabilities():
        if ability.name == "screen" and ability.level == "not possible":
            raise EnvironmentProblem("screen recording", ability.reason.rstrip("."), ability.fix)
    return MssShooter()


def _no_screen(problem: Exception) -> EnvironmentProblem:
    reason = str(problem) or "it does not answer"
    return EnvironmentProblem(
        "screen recording",
        f"the display gives no picture ({reason})",
        "Check that the desktop session still runs and that DISPLAY names it.",
    )
