"""Tells when another window becomes the active one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import Clock
from proctor_desktop.core.observation import FocusChanged, Source
from proctor_desktop.hosts.focus import ActiveWindow, FocusProbe
from proctor_desktop.hosts.worker import Crashed, Worker
from proctor_desktop.sources.outage import Outage, Report

_RETRY_S = 1.0
_LONG_S = 3600.0


class FocusWatcher:
    """Reports the state at the start and every change, as FocusChanged, naming programs only.

    ``exam_pids`` gives the processes that the exam's windows belong to. Where it gives none, as in
    a run without a window of our own, the program that is active at the start counts as the exam;
    with no window active then, the bare desktop does. ``open`` raises EnvironmentProblem where
    nobody can tell; when the desktop goes away later, that is reported as health, and it is tried
    again every second.
    """

    def __init__(
        self,
        open_probe: Callable[[], FocusProbe],
        exam_pids: Callable[[], Collection[int]],
        clock: Clock,
        report: Report,
        crashed: Crashed,
    ) -> None:
        self._open_probe = open_probe
        self._exam_pids = exam_pids
        self._clock = clock
        self._report = report
        self._outage = Outage(Source.FOCUS, clock, report)
        self._lock = threading.Lock()
        self._probe: FocusProbe | None = None
        self._worker = Worker("focus", self._run, crashed)

    def open(self) -> None:
        """Reach the desktop; raises EnvironmentProblem."""
        self._probe = self._open_probe()

    def start(self) -> None:
        """Begin to report; ``open`` came before."""
        self._worker.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End and wait."""
        self._worker.stopping.set()
        with self._lock:
            if self._probe is not None:
                self._probe.wake()
        stopped = self._worker.join(timeout_s)
        if stopped:
            self._close()
        return stopped

    def _run(self, stopping: threading.Event) -> None:
        home: list[ActiveWindow | None] = []
        told: FocusChanged | None = None
        try:
            while not stopping.is_set():
                if self._probe is None and not self._reopen(stopping):
                    continue
                try:
                    told = self._look(home, told)
                    self._wait(stopping)
                except EnvironmentProblem as problem:
                    self._outage.begin(problem.why)
                    self._close()
                    told = None  # whatever is active afterwards is news
        finally:
            self._outage.close()
            self._close()

    def _look(self, home: list[ActiveWindow | None], told: FocusChanged | None) -> FocusChanged:
        if self._probe is None:
            raise RuntimeError("there is no probe to look with")
        window = self._probe.active()
        if not home:
            home.append(window)
        self._outage.over("the active window is known")
        now = FocusChanged(
            is_inside(window, self._exam_pids(), home[0]), window.application if window else ""
        )
        if now != told:
            self._report(self._clock.now(), now)
        return now

    def _wait(self, stopping: threading.Event) -> None:
        if self._probe is not None and not stopping.is_set():
            self._probe.wait(_LONG_S)

    def _reopen(self, stopping: threading.Event) -> bool:
        if stopping.wait(_RETRY_S):
            return False
        try:
            probe = self._open_probe()
        except EnvironmentProblem:
            return False  # the outage is reported already and goes on
        with self._lock:
            self._probe = probe
        return True

    def _close(self) -> None:
        with self._lock:
            if self._probe is not None:
                self._probe.close()
            self._probe = None


def is_inside(
    window: ActiveWindow | None, exam_pids: Collection[int], home: ActiveWindow | None
) -> bool:
    """Whether ``window`` belongs to the exam; ``home`` stands in where no process is known."""
    if exam_pids:
        return window is not None and window.pid in exam_pids
    if window is None or home is None:
        return window is home
    if window.pid is None or home.pid is None:
        return window.application == home.application
    return window.pid == home.pid
