"""Steps that are run one after the other, timed, and told in one line each."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from proctor_desktop.core.errors import ProctorError

Say = Callable[[str], None]


class StepFailed(Exception):
    """A part ran and what came out is not what has to come out."""


class Outcome(StrEnum):
    """How a step went."""

    OK = "ok"
    FAILED = "FAILED"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Step:
    """``run`` says in a few words what was seen, or raises.

    ``needs`` names the steps before it whose work it goes on with; if one of them did not succeed,
    this one is not run, and counts as not proven.
    """

    name: str
    run: Callable[[], str]
    needs: tuple[str, ...] = ()


def carry_out(steps: Sequence[Step], say: Say) -> dict[str, Outcome]:
    """Run all steps in their order, tell each to ``say``, and return how each went."""
    outcomes: dict[str, Outcome] = {}
    width = max(len(step.name) for step in steps)
    for step in steps:
        began_s = time.perf_counter()
        outcome, text = _tried(step, outcomes)
        outcomes[step.name] = outcome
        took_s = time.perf_counter() - began_s
        say(f"{outcome.value:<8}{step.name:<{width}}{took_s:>8.2f} s  {text}")
    return outcomes


def _tried(step: Step, outcomes: dict[str, Outcome]) -> tuple[Outcome, str]:
    lacking = [name for name in step.needs if outcomes[name] is not Outcome.OK]
    if lacking:
        return Outcome.NOT_RUN, f"it needs: {', '.join(lacking)}"
    try:
        return Outcome.OK, step.run()
    except (StepFailed, ProctorError) as problem:
        return Outcome.FAILED, str(problem)
    except Exception as bug:  # told with its trace; the steps after it must still be run
        trace = "".join(traceback.format_exception(bug)).rstrip()
        return Outcome.FAILED, f"unexpected {type(bug).__name__}: {bug}\n{trace}"
