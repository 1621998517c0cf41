"""What a machine can do, and why."""

from __future__ import annotations

import dataclasses

import pytest

from proctor_desktop.core.capability import Capability, Level


def test_the_levels_are_written_as_people_read_them() -> None:
    assert [level.value for level in Level] == ["enforced", "detected", "not possible"]


def test_an_ability_cannot_be_stated_without_a_reason_nor_changed_later() -> None:
    with pytest.raises(TypeError):
        Capability("focus", Level.DETECTED)  # type: ignore[call-arg]
    told = Capability("focus", Level.DETECTED, "the window manager tells")
    with pytest.raises(dataclasses.FrozenInstanceError):
        told.level = Level.ENFORCED  # type: ignore[misc]
    assert told.fix == ""
