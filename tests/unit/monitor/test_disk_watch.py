"""Making do with less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.core.disk_budget import SAVINGS, TOLD, Level, Savings
from proctor_desktop.core.moment import Moment
from proctor_desktop.journal.reserve import STILL, Pieces, Reserve
from proctor_desktop.monitor.disk_watch import DiskWatch
from tests.playbook import moment

MB = 1_000_000
RESERVE = 1 * MB


class Disk:
    """A disk of which a test says how much is left, and all that hangs on it."""

    def __init__(self, folder: Path, free_mb: int = 5000) -> None:
        self.free_bytes = free_mb * MB
        self.saved: list[Savings] = []
        self.records: list[tuple[str, dict[str, Any]]] = []
        self.warned: list[str] = []
        self.folder = folder
        self.reserve = Reserve(folder, (Pieces(STILL, 2, RESERVE // 2),))
        self.watch = DiskWatch(
            self._left,
            self.reserve,
            (self,),
            self._record,
            lambda _, text: self.warned.append(text),
        )

    def save(self, savings: Savings) -> None:
        self.saved.append(savings)

    def at(self, free_mb: int) -> Level:
        """Look when so much is left."""
        self.free_bytes = free_mb * MB
        self.watch.look(moment(5))
        return self.watch.level

    def steps(self) -> list[tuple[str, str]]:
        return [(d["level"], d["reserve"]) for kind, d in self.records if kind == "disk"]

    def _left(self) -> int:
        if self.free_bytes < 0:
            raise OSError(5, "Input/output error")
        return self.free_bytes

    def _record(self, now: Moment, kind: str, data: dict[str, Any]) -> None:
        self.records.append((kind, data))


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


def test_with_plenty_of_space_nothing_is_said(disk: Disk) -> None:
    assert disk.at(5000) is Level.AMPLE
    assert (disk.records, disk.warned, disk.saved) == ([], [], [])
    assert disk.reserve.held


def test_every_step_is_recorded_told_and_acted_on(disk: Disk) -> None:
    for free_mb in (1500, 400, 50):
        disk.at(free_mb)
    assert disk.steps() == [("low", "held"), ("no_video", "held"), ("last", "held")]
    assert disk.warned == [TOLD[level] for level in (Level.LOW, Level.NO_VIDEO, Level.LAST)]
    assert disk.saved == [SAVINGS[level] for level in (Level.LOW, Level.NO_VIDEO, Level.LAST)]
    assert [kind for kind, _ in disk.records] == ["disk", "warning"] * 3


def test_a_level_is_told_once(disk: Disk) -> None:
    disk.at(1500)
    disk.at(1400)
    assert len(disk.warned) == 1


def use(disk: Disk, name: str) -> None:
    assert disk.reserve.claim_still(disk.folder / name, 1)


def test_the_way_back_is_told_too_and_the_reserve_taken_again(disk: Disk) -> None:
    disk.at(50)
    use(disk, "still")
    assert disk.at(50) is Level.LAST
    assert not disk.reserve.held
    assert disk.at(5000) is Level.AMPLE
    assert disk.reserve.held
    assert disk.saved[-1] == Savings()


def test_that_the_reserve_is_in_use_is_recorded_each_time_more_of_it_is(disk: Disk) -> None:
    disk.at(50)
    for name in ("still", "another"):
        use(disk, name)
        disk.at(0)
        disk.at(0)
    assert disk.steps() == [("last", "held"), ("last", "in use"), ("last", "in use")]
    assert len(disk.warned) == 1


def test_what_the_reserve_lacks_does_not_pass_for_plenty(disk: Disk) -> None:
    disk.at(50)
    use(disk, "still")
    assert disk.at(125) is Level.LAST
    assert disk.at(126) is Level.NO_VIDEO


def test_a_refusal_for_want_of_space_is_the_last_level(disk: Disk) -> None:
    disk.watch.full(moment(1))
    assert disk.watch.level is Level.LAST
    assert disk.reserve.held
    disk.watch.full(moment(2))
    assert len(disk.warned) == 1


def test_a_disk_that_does_not_say_is_asked_again(disk: Disk) -> None:
    disk.free_bytes = -1
    disk.watch.look(moment(5))
    assert disk.at(400) is Level.NO_VIDEO
