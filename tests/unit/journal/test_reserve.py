"""Space set aside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from proctor_desktop.journal.reserve import Reserve

SIZE = 3 * 1024 * 1024


def test_the_space_is_really_taken(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path, SIZE)
    assert not reserve.held
    assert reserve.take()
    assert reserve.held
    assert (tmp_path / "reserve").stat().st_blocks * 512 >= SIZE


def test_without_a_call_for_it_zeros_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "posix_fallocate")
    assert Reserve(tmp_path, SIZE).take()
    assert (tmp_path / "reserve").read_bytes() == bytes(SIZE)


def test_it_is_given_up_once(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path, SIZE)
    reserve.take()
    assert reserve.give_up()
    assert not reserve.held
    assert not reserve.give_up()


def test_a_reserve_of_an_earlier_run_is_taken_over(tmp_path: Path) -> None:
    Reserve(tmp_path, SIZE).take()
    made = (tmp_path / "reserve").stat().st_ino
    assert Reserve(tmp_path, SIZE).take()
    assert (tmp_path / "reserve").stat().st_ino == made


def test_where_there_is_not_so_much_nothing_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert not Reserve(tmp_path, SIZE).take()
    assert list(tmp_path.iterdir()) == []
