"""What was told once and holds."""

from __future__ import annotations

from proctor_desktop.core.observation import (
    CameraOpened,
    FacesSeen,
    FocusChanged,
    Health,
    Observation,
    Source,
    SourceHealth,
)
from proctor_desktop.core.standing import Standing


def held(*told: Observation) -> tuple[Observation, ...]:
    """What still holds after this was told."""
    standing = Standing()
    for what in told:
        standing.hold(what)
    return standing.all()


def test_the_last_of_each_kind_holds_and_passing_things_do_not() -> None:
    lid, desk, notes = (
        CameraOpened("Lid", False),
        CameraOpened("Desk", False),
        FocusChanged(True, ""),
    )
    assert held(lid, notes, FacesSeen(1, ()), desk) == (notes, desk)


def test_what_a_lost_source_said_is_forgotten_and_nothing_else() -> None:
    lid, notes = CameraOpened("Lid", False), FocusChanged(False, "notes")
    lost = SourceHealth(Source.CAMERA, Health.LOST, "unplugged")
    assert held(lid, notes, lost) == (notes, lost)


def test_that_a_source_worked_before_it_was_lost_is_remembered() -> None:
    works = SourceHealth(Source.MICROPHONE, Health.OK, "")
    lost = SourceHealth(Source.MICROPHONE, Health.LOST, "")
    assert held(works, lost) == (works, lost)
    assert held(works, lost, works) == (lost, works)
