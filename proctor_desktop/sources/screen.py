"""Pictures of the whole screen, all displays together, with the pointer where it can be had."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import NS_PER_S, Clock, Moment
from proctor_desktop.core.observation import Source
from proctor_desktop.hosts import Host
from proctor_desktop.hosts.screen_changes import ScreenChanges
from proctor_desktop.hosts.worker import Crashed, Worker
from proctor_desktop.sources.mss_shooter import MSS_FAILURES, MssShooter
from proctor_desktop.sources.outage import Outage, Report
from proctor_desktop.sources.pacing import interval_ns, next_due_ns, wait_s
from proctor_desktop.sources.screen_watch import ScreenWatch
from proctor_desktop.sources.seen_rows import SeenRows

if sys.platform == "linux":
    from proctor_desktop.sources.x11_shooter import X11Shooter

ScreenFrame: TypeAlias = Frame[NDArray[np.uint8]]
"""One picture of the screen: ``uint8``, height x width x 4, in BGRA order; alpha has no meaning."""

TakeFrame: TypeAlias = Callable[[ScreenFrame, Sequence[range] | None], bool]
"""Takes a picture and the rows that changed since the last that was taken (None: all); False if it
could not be taken. The picture is valid during the call only, so what is to be kept is copied."""

_RENEW_NS = 10 * NS_PER_S
_RETRY_S = 1.0


class Shooter(Protocol):
    """Whatever takes pictures of the screen."""

    def shoot(self) -> NDArray[np.uint8]:
        """The screen now, BGRA, valid until the next call; raises EnvironmentProblem."""
        ...

    def look_again(self) -> None:
        """Notice if the screen has another size, where that is not noticed with each picture."""
        ...

    def close(self) -> None:
        """Let go of the display."""
        ...


class ScreenGrabber:
    """Calls ``put`` with a picture of the screen up to ``frames_per_s`` times a second.

    Where nothing has changed since the last picture, ``unchanged`` is called instead, and where
    the system tells of changes, no picture is taken. What ``put`` cannot take is for it to count;
    the screen is then pictured again next time. ``titled``, if given, is told the active window's
    title with each change. ``open`` raises EnvironmentProblem; when the screen goes away later,
    that is reported as health, and it is tried again every second.
    """

    def __init__(
        self,
        frames_per_s: float,
        put: TakeFrame,
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
        self._seen = SeenRows()
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
                    self._look_again()
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
        if image is None or not self._deliver(image):
            self._unchanged(now)
        return True

    def _deliver(self, image: NDArray[np.uint8]) -> bool:
        """Hand the picture on if anything in it is new."""
        changed = self._seen.update(image)
        if changed is not None and not changed:
            return False
        self._number += 1
        self._owed = not self._put(Frame(self._number, self._clock.now(), image), changed)
        if self._owed:
            self._seen.forget()
        return True

    def _shoot(self) -> NDArray[np.uint8]:
        if self._shooter is None:
            self._shooter = self._open_screen()
        return self._shooter.shoot()

    def _look_again(self) -> None:
        if self._shooter is not None:
            self._shooter.look_again()

    def _close(self) -> None:
        self._close_shooter()
        self._watch.close()
        self._seen.forget()
        self._owed = True

    def _close_shooter(self) -> None:
        if self._shooter is not None:
            self._shooter.close()
        self._shooter = None


def open_screen(host: Host) -> Shooter:
    """The screen of ``host``; raises EnvironmentProblem where it cannot be pictured."""
    for ability in host.capabilities():
        if ability.name == "screen" and ability.level == "not possible":
            raise EnvironmentProblem("screen recording", ability.reason.rstrip("."), ability.fix)
    return _quickest()


def _quickest() -> Shooter:
    if sys.platform == "linux":
        try:
            return X11Shooter()
        except MSS_FAILURES:
            return MssShooter()  # which says what is wrong if it is the display itself
    return MssShooter()
