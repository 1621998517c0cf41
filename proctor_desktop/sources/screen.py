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
from proctor_desktop.core.moment import NS_PER_S, Clock, Moment
from proctor_desktop.core.observation import Source
from proctor_desktop.hosts import Host
from proctor_desktop.hosts.durability import FULL
from proctor_desktop.hosts.screen_changes import ScreenChanges
from proctor_desktop.hosts.worker import Crashed, Worker
from proctor_desktop.sources.outage import Outage, Report
from proctor_desktop.sources.pacing import interval_ns, next_due_ns, wait_s
from proctor_desktop.sources.screen_watch import ScreenWatch

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
    """Calls ``put`` with a picture of the screen up to ``frames_per_s`` times a second.

    Where nothing has changed since the last picture, ``unchanged`` is called instead, and no
    picture is taken. What ``put`` cannot take is for it to count; the screen is then pictured again
    next time. ``titled``, if given, is told the active window's title with each change. ``open``
    raises EnvironmentProblem; when the screen goes away later, that is reported as health, and it
    is tried again every second.
    """

    def __init__(
        self,
        frames_per_s: float,
        put: Callable[[ScreenFrame], bool],
        clock: Clock,
        report: Report,
        crashed: Crashed,
        open_screen: Callable[[], Shooter],
        unchanged: Callable[[Moment], None],
        open_changes: Callable[[], ScreenChanges],
        titled: Callable[[Moment, str], None] | None = None,
    ) -> None:
        self._frames_per_s = frames_per_s
        self._limits: dict[str, float] = {}
        self._limiting = threading.Lock()
        self._put = put
        self._unchanged = unchanged
        self._watch = ScreenWatch(open_changes, titled)
        self._owed = True
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

    def limit(self, frames_per_s: float | None, on_behalf_of: str = "") -> None:
        """Take pictures no more often than this; None takes the limit back. From any thread.

        Whoever limits the rate does so by a name of its own; the lowest limit holds.
        """
        with self._limiting:
            self._limits.pop(on_behalf_of, None)
            if frames_per_s is not None:
                self._limits[on_behalf_of] = frames_per_s

    @property
    def frames_per_s(self) -> float:
        """How often pictures are taken at most, at present."""
        with self._limiting:
            return min([self._frames_per_s, *self._limits.values()])

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
                    self._close_shooter()
                    renew_ns = now_ns
                if not self._look():
                    stopping.wait(_RETRY_S)
                due_ns = next_due_ns(due_ns, now_ns, interval_ns(self.frames_per_s))
        finally:
            self._outage.close()
            self._close()

    def _look(self) -> bool:
        """Take a picture if there is anything new; False when the screen cannot be reached."""
        now = self._clock.now()
        try:
            may_have_changed = self._watch.may_have_changed(now)
            image = self._shoot() if may_have_changed or self._owed else None
        except EnvironmentProblem as problem:
            self._outage.begin(problem.why)
            self._close()
            return False
        self._outage.over("pictures of the screen come in")
        if image is not None and (self._watch.is_new(image) or self._owed):
            self._number += 1
            self._owed = not self._put(Frame(self._number, self._clock.now(), image))
        else:
            self._unchanged(now)
        return True

    def _shoot(self) -> NDArray[np.uint8]:
        if self._shooter is None:
            self._shooter = self._open_screen()
        return self._shooter.shoot()

    def _close(self) -> None:
        self._close_shooter()
        self._watch.close()
        self._owed = True

    def _close_shooter(self) -> None:
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
