from __future__ import annotations

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.selftest.steps import Outcome, Step, StepFailed, carry_out


def _run(*steps: Step) -> tuple[dict[str, Outcome], list[str]]:
    lines: list[str] = []
    return carry_out(steps, lines.append), lines


def _fail(problem: Exception) -> str:
    raise problem


def test_a_step_that_goes_well_says_what_it_saw() -> None:
    outcomes, lines = _run(Step("still", lambda: "24 kB"))
    assert outcomes == {"still": Outcome.OK}
    assert lines[0].startswith("ok ")
    assert lines[0].endswith("24 kB")


def test_a_failed_step_says_why_and_the_next_is_still_run() -> None:
    outcomes, lines = _run(
        Step("still", lambda: _fail(StepFailed("it differs"))), Step("window", lambda: "painted")
    )
    assert outcomes == {"still": Outcome.FAILED, "window": Outcome.OK}
    assert lines[0].startswith("FAILED")
    assert "it differs" in lines[0]


def test_a_problem_of_the_machine_is_told_with_its_remedy() -> None:
    problem = EnvironmentProblem("disk", "it is full", "Free some space.")
    _, lines = _run(Step("journal", lambda: _fail(problem)))
    assert "disk: it is full. Free some space." in lines[0]


def test_a_bug_is_told_with_type_and_trace() -> None:
    outcomes, lines = _run(Step("journal", lambda: _fail(KeyError("seq"))))
    assert outcomes["journal"] is Outcome.FAILED
    assert "unexpected KeyError: 'seq'" in lines[0]
    assert "test_steps.py" in lines[0]


def test_what_builds_on_a_failed_step_is_not_run_and_not_proven() -> None:
    ran: list[str] = []

    def run(name: str) -> str:
        ran.append(name)
        return name

    outcomes, lines = _run(
        Step("endpoint", lambda: _fail(StepFailed("no port"))),
        Step("delivery", lambda: run("delivery"), ("endpoint",)),
        Step("export", lambda: run("export"), ("delivery",)),
    )
    assert ran == []
    assert [outcomes["delivery"], outcomes["export"]] == [Outcome.NOT_RUN] * 2
    assert "it needs: endpoint" in lines[1]
