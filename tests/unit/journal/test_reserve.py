"""Space set aside."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from proctor_desktop.journal import reserve as module
from proctor_desktop.journal.reserve import LOG, STILL, Pieces, Reserve, claim, give_up

LOG_BYTES, STILL_BYTES = 64 * 1024, 4096
SIZE = 2 * LOG_BYTES + 3 * STILL_BYTES


@pytest.fixture
def reserve(tmp_path: Path) -> Reserve:
    return Reserve(tmp_path, (Pieces(LOG, 2, LOG_BYTES), Pieces(STILL, 3, STILL_BYTES)))


def there(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "reserve").iterdir())


def test_the_space_is_really_taken(tmp_path: Path, reserve: Reserve) -> None:
    assert (reserve.held, reserve.missing_bytes) == (False, SIZE)
    assert reserve.take()
    assert (reserve.held, reserve.missing_bytes) == (True, 0)
    blocks = sum(path.stat().st_blocks for path in (tmp_path / "reserve").iterdir())
    assert blocks * 512 >= SIZE


def test_it_is_sixty_four_megabytes(tmp_path: Path) -> None:
    assert Reserve(tmp_path).missing_bytes == 64 * 1024 * 1024


def test_without_a_call_for_it_zeros_are_written(
    tmp_path: Path, reserve: Reserve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "posix_fallocate")
    assert reserve.take()
    assert (tmp_path / "reserve" / "log-001").read_bytes() == bytes(LOG_BYTES)


def test_a_piece_becomes_the_file_that_is_asked_for(tmp_path: Path, reserve: Reserve) -> None:
    reserve.take()
    inode = (tmp_path / "reserve" / "log-001").stat().st_ino
    assert claim(tmp_path, LOG, tmp_path / "records-2.log")
    assert (tmp_path / "records-2.log").stat().st_ino == inode
    assert there(tmp_path) == ["log-002", "still-001", "still-002", "still-003"]
    assert reserve.missing_bytes == LOG_BYTES


def test_when_all_pieces_are_used_there_is_none(tmp_path: Path, reserve: Reserve) -> None:
    reserve.take()
    assert [claim(tmp_path, LOG, tmp_path / str(number)) for number in range(3)] == [
        True,
        True,
        False,
    ]
    assert not claim(tmp_path / "elsewhere", LOG, tmp_path / "x")


def test_a_piece_that_is_too_small_is_left_for_others(tmp_path: Path, reserve: Reserve) -> None:
    reserve.take()
    assert not reserve.claim_still(tmp_path / "x", STILL_BYTES + 1)
    assert reserve.claim_still(tmp_path / "x", STILL_BYTES)


def test_a_piece_that_was_written_into_is_never_given_out(tmp_path: Path, reserve: Reserve) -> None:
    reserve.take()
    with (tmp_path / "reserve" / "log-001").open("rb+") as piece:
        piece.write(b"frames of old")
    assert claim(tmp_path, LOG, tmp_path / "records-2.log")
    assert (tmp_path / "records-2.log").read_bytes() == bytes(LOG_BYTES)
    assert not claim(tmp_path, LOG, tmp_path / "records-3.log")


def test_what_was_used_is_taken_anew(tmp_path: Path, reserve: Reserve) -> None:
    reserve.take()
    reserve.claim_still(tmp_path / "x", 1)
    assert reserve.take()
    assert reserve.held


def test_a_reserve_of_an_earlier_run_is_taken_over(tmp_path: Path, reserve: Reserve) -> None:
    reserve.take()
    made = (tmp_path / "reserve" / "log-001").stat().st_ino
    assert reserve.take()
    assert (tmp_path / "reserve" / "log-001").stat().st_ino == made


def test_it_is_given_up_once_and_by_purpose(tmp_path: Path, reserve: Reserve) -> None:
    reserve.take()
    assert give_up(tmp_path, STILL)
    assert there(tmp_path) == ["log-001", "log-002"]
    assert reserve.give_up()
    assert not reserve.give_up()


def test_what_cannot_be_allocated_is_not_there_at_all(
    tmp_path: Path, reserve: Reserve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert not reserve.take()
    assert there(tmp_path) == []


def test_half_of_what_is_free_is_left_to_others(
    tmp_path: Path, reserve: Reserve, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = SimpleNamespace(free=2 * (2 * LOG_BYTES + STILL_BYTES))
    monkeypatch.setattr(module, "shutil", SimpleNamespace(disk_usage=lambda _: free))
    assert not reserve.take()
    assert there(tmp_path) == ["log-001", "log-002", "still-001"]
    assert shutil.disk_usage(tmp_path).free > SIZE
