"""Collects what sources report, and waits for a report that is expected."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Gap, Health, Observation, SourceHealth

T = TypeVar("T")


class Reports:
    """Every observation in order; ``crashed`` takes what a worker died of and fails the wait."""

    def __init__(self) -> None:
        self.all: list[Observation] = []
        self.moments: list[Moment] = []
        self.crashes: list[BaseException] = []
        self._changed = threading.Condition()

    def __call__(self, moment: Moment, observation: Observation) -> None:
        with self._changed:
            self.all.append(observation)
            self.moments.append(moment)
            self._changed.notify_all()

    def crashed(self, problem: BaseException) -> None:
        with self._changed:
            self.crashes.append(problem)
            self._changed.notify_all()

    def of(self, kind: type[T]) -> list[T]:
        return [one for one in self.all if isinstance(one, kind)]

    @property
    def states(self) -> list[tuple[Health, str]]:
        return [(one.state, one.reason) for one in self.of(SourceHealth)]

    @property
    def gaps(self) -> list[Gap]:
        return self.of(Gap)

    def wait_until(self, true: Callable[[], bool], timeout_s: float = 10.0) -> None:
        with self._changed:
            ok = self._changed.wait_for(lambda: bool(self.crashes) or true(), timeout_s)
        assert not self.crashes, self.crashes
        assert ok, f"did not come; reported were {self.all}"
