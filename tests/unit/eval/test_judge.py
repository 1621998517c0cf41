"""The judge of an evaluation: what fired, when, and since when it was so."""

from __future__ import annotations

from proctor_desktop.core.event import ExamStarted
from proctor_desktop.core.observation import FacesSeen
from proctor_desktop.core.policy import Policy
from tests.eval.judge import Judge


def test_a_violation_is_told_with_its_start_and_its_onset() -> None:
    judge = Judge(Policy())
    judge.tell(0.0, ExamStarted())
    for number in range(80):
        judge.tell(1 + number / 8, FacesSeen(number, ()))
    (one,) = judge.fired
    assert (one.rule, one.at_s, one.onset_s) == ("face_missing", 6.0, 1.0)
