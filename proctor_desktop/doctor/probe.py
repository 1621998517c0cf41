"""Looking at one thing without letting it spoil the look at the others."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from threading import Event
from typing import TypeAlias, TypeVar

from proctor_desktop.core.capability import Capability, Level
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.doctor.finding import Finding
from proctor_desktop.hosts.worker import Worker

Look: TypeAlias = Callable[[], Capability]
T = TypeVar("T")

_REPORT_IT = "This is a fault of the program: send this output to whoever gave it to you."


@dataclass(frozen=True, slots=True)
class Probe:
    """What is looked at, whether the monitor needs it, and how to look."""

    name: str
    required: bool
    look: Look


def ask(probe: Probe) -> Finding:
    """What the probe finds; whatever it raises is a finding, too.

    A problem that a person can put right is told as such; anything else is shown as the bug it is,
    with its type and place.
    """
    try:
        return Finding(probe.look(), probe.required)
    except EnvironmentProblem as problem:
        return Finding(absent(probe.name, *told(problem, probe.name)), probe.required)
    except Exception as bug:  # shown in the row; the other probes must still be asked
        return Finding(absent(probe.name, bug_text(bug), _REPORT_IT), probe.required)


def works(name: str, reason: str, fix: str = "") -> Capability:
    """It is there; a ``fix`` says what would be better still."""
    return Capability(name, Level.DETECTED, reason, fix)


def absent(name: str, reason: str, fix: str = "") -> Capability:
    """It is not there."""
    return Capability(name, Level.NOT_POSSIBLE, reason, fix)


def told(problem: EnvironmentProblem, name: str) -> tuple[str, str]:
    """Reason and remedy; what is wrong is named only where the row's name does not say it."""
    reason = problem.why if problem.what == name else f"{problem.what}: {problem.why}"
    return f"{reason[:1].upper()}{reason[1:]}.", problem.remedy


def bug_text(bug: BaseException) -> str:
    """An unexpected exception in one line: type, message, file and line."""
    frames = traceback.extract_tb(bug.__traceback__)
    place = f" (at {frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"Unexpected {type(bug).__name__}: {bug}{place}"


def within(limit_s: float, what: str, look: Callable[[], T]) -> T:
    """What ``look`` returns; raises EnvironmentProblem when a driver does not come back in time.

    The thread that hangs is left behind: nothing can end it, and it must not end us.
    """
    answer: Future[T] = Future()

    def body(_stopping: Event) -> None:
        answer.set_result(look())

    Worker(f"probe {what}", body, answer.set_exception, daemon=True).start()
    try:
        return answer.result(limit_s)
    except FutureTimeout as problem:
        if answer.done():
            raise  # a time-out of its own
        raise EnvironmentProblem(
            what,
            f"it did not answer within {limit_s:g} s",
            "Unplug it and plug it in again, or restart the computer.",
        ) from problem
