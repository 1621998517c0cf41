from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.selftest import course
from proctor_desktop.selftest.course import Course
from proctor_desktop.selftest.steps import StepFailed
from tests.fakes import program


def test_the_installed_program_proves_itself_and_leaves_nothing_behind(tmp_path: Path) -> None:
    try:
        resource("weights", "face_landmarker.task")
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))
    answer = program.run("selftest", TMPDIR=str(tmp_path))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    lines = answer.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == ["ok"] * 9
    assert lines[-1] == "All 9 steps went well."
    assert list(tmp_path.iterdir()) == []


def test_one_failed_step_fails_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_course: Course) -> str:
        raise StepFailed("the screen is upside down")

    steps = Course.steps
    monkeypatch.setattr(Course, "_window", fail)
    monkeypatch.setattr(Course, "steps", lambda self: steps(self)[-1:])
    lines: list[str] = []
    assert course.run(lines.append) == 1
    assert "the screen is upside down" in lines[1]
    assert lines[-1] == "Not proven: window."


def test_every_step_builds_on_steps_that_come_before_it(tmp_path: Path) -> None:
    with ExitStack() as stack:
        steps = Course(tmp_path, stack).steps()
    names = [step.name for step in steps]
    for position, step in enumerate(steps):
        assert set(step.needs) <= set(names[:position])


def test_no_room_for_temporary_files_is_a_problem_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("tempfile.TemporaryDirectory", refuse)
    with pytest.raises(EnvironmentProblem, match="No space left"):
        course.run(lambda _: None)
