from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proctor_desktop.core.capability import Level
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.doctor import machine

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
BEFORE = Moment(NS_PER_S, NOON)
DATA = Path("sessions")


def test_plenty_of_room_needs_no_fix() -> None:
    found = machine.room(machine.PLENTY_BYTES, DATA)
    assert found.level is Level.DETECTED
    assert not found.fix


def test_little_room_works_with_a_warning() -> None:
    found = machine.room(machine.PLENTY_BYTES - 1, DATA)
    assert found.level is Level.DETECTED
    assert "--data" in found.fix


def test_too_little_room_is_not_possible() -> None:
    assert machine.room(machine.NEEDED_BYTES, DATA).level is Level.DETECTED
    found = machine.room(machine.NEEDED_BYTES - 1, DATA)
    assert found.level is Level.NOT_POSSIBLE
    assert "At least 500 MB are needed" in found.reason
    assert found.fix


def test_a_folder_that_is_not_there_yet_is_measured_where_it_would_be(tmp_path: Path) -> None:
    data = tmp_path / "a" / "b"
    assert machine.nearest_existing(data) == tmp_path
    assert str(data) in machine.disk(data).reason
    assert not data.exists()


def test_a_file_in_the_way_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentProblem, match="not a folder"):
        machine.disk(tmp_path / "file" / "sessions")


def test_a_folder_that_may_not_be_written_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(EnvironmentProblem, match="may not write"):
        machine.disk(tmp_path)


def test_a_busy_processor_comes_with_advice() -> None:
    assert not machine.processor(4, 0.5).fix
    assert "Close other programs" in machine.processor(4, 4.5).fix


def test_one_core_is_said_to_be_little() -> None:
    assert "pictures may be skipped" in machine.processor(1, 0.1).reason
    assert "skipped" not in machine.processor(2, 0.1).reason


def test_clocks_that_run_together_are_fine() -> None:
    found = machine.clock(BEFORE, BEFORE.later(0.2), NOON)
    assert found.level is Level.DETECTED
    assert "2026-06-01 12:00 in time zone UTC" in found.reason


@pytest.mark.parametrize("jump_s", [-30.0, 30.0])
def test_a_wall_clock_that_jumps_is_told(jump_s: float) -> None:
    after = Moment(BEFORE.mono_ns + NS_PER_S // 5, NOON + timedelta(seconds=0.2 + jump_s))
    found = machine.clock(BEFORE, after, NOON)
    assert found.level is Level.NOT_POSSIBLE
    assert f"{jump_s:+.1f} s" in found.reason


def test_a_clock_from_before_the_program_is_wrong() -> None:
    old = Moment(NS_PER_S, datetime(1970, 1, 1, tzinfo=UTC))
    found = machine.clock(old, old.later(0.2), old.wall_utc)
    assert found.level is Level.NOT_POSSIBLE
    assert found.fix


def test_a_monotonic_clock_that_stands_still_is_told() -> None:
    assert machine.clock(BEFORE, BEFORE, NOON).level is Level.NOT_POSSIBLE


def test_this_computer_has_cores_and_a_clock() -> None:
    assert machine.look_at_processor().level is Level.DETECTED
    assert machine.look_at_clock().level is Level.DETECTED
