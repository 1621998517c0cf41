"""What goes into the engine."""

from __future__ import annotations

from proctor_desktop.core.event import Calibrated, Event, ExamEnded, ExamStarted, Tick
from tests.playbook import moment


def test_turns_in_the_sessions_life_are_told_apart_by_their_type_alone() -> None:
    assert ExamStarted() != ExamEnded()
    assert Tick() == Tick()


def test_the_same_happening_at_another_moment_is_another_event() -> None:
    assert Event(moment(1), Calibrated(0.5)) != Event(moment(2), Calibrated(0.5))
