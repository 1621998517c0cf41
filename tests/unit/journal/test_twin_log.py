"""The second copy of the evidence."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from proctor_desktop.journal import twin_log
from proctor_desktop.journal.reserve import LOG, Pieces, Reserve
from proctor_desktop.journal.twin_log import Extent, Kind, Line, TwinLog, read
from tests.fakes.full_disk import full_disk


def records(*numbers: int, text: str = "record") -> list[Line]:
    return [Line(Kind.RECORD, n, 10 * n, f"{text} {n}".encode()) for n in numbers]


def contents(folder: Path) -> list[bytes]:
    """The records that count, in order."""
    return [line.content for line in read(folder).lines() if line.kind is Kind.RECORD]


def names(folder: Path) -> list[str]:
    return [path.name for _, path in twin_log.files(folder)]


@pytest.fixture
def log(tmp_path: Path) -> TwinLog:
    """A twin with two records and a checkpoint over them."""
    made = TwinLog(tmp_path, read(tmp_path))
    made.append(Extent(), [*records(1, 2), Line(Kind.CHECKPOINT, 2, 0, b"signed")])
    return made


def refuse(monkeypatch: pytest.MonkeyPatch, call: str, number: int, times: int) -> None:
    """Let a call of the operating system fail so many times."""
    real: Callable[..., object] = getattr(os, call)
    left = [times]

    def perhaps(*args: object, **options: object) -> object:
        if left[0]:
            left[0] -= 1
            raise OSError(number, os.strerror(number))
        return real(*args, **options)

    monkeypatch.setattr(os, call, perhaps)


def test_what_was_appended_is_read_as_it_was(tmp_path: Path, log: TwinLog) -> None:
    log.append(Extent(2, 2), [Line(Kind.RECEIPT, 2, 77, b"countersigned")])
    assert list(read(tmp_path).lines()) == [
        *records(1, 2),
        Line(Kind.CHECKPOINT, 2, 0, b"signed"),
        Line(Kind.RECEIPT, 2, 77, b"countersigned"),
    ]
    assert read(tmp_path).extent == Extent(2, 2)


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path).extent == Extent()


def test_another_writer_goes_on_in_the_same_file(tmp_path: Path, log: TwinLog) -> None:
    log.close()
    TwinLog(tmp_path, read(tmp_path)).append(Extent(2, 2), records(3))
    assert contents(tmp_path) == [b"record 1", b"record 2", b"record 3"]
    assert names(tmp_path) == ["records.log"]


def test_a_number_that_is_given_again_makes_void_what_stood_behind_it(
    tmp_path: Path, log: TwinLog
) -> None:
    log.append(Extent(2, 2), [*records(3, 4), Line(Kind.CHECKPOINT, 4, 0, b"void")])
    log.append(Extent(2, 2), records(3, text="another"))
    assert contents(tmp_path) == [b"record 1", b"record 2", b"another 3"]
    assert read(tmp_path).extent == Extent(3, 2)


def test_a_frame_without_lines_takes_back_what_stood_behind_it(
    tmp_path: Path, log: TwinLog
) -> None:
    log.append(Extent(2, 2), [*records(3), Line(Kind.RECEIPT, 3, 5, b"void")])
    log.append(Extent(1, 0), [])
    assert list(read(tmp_path).lines()) == records(1)


def test_records_behind_a_missing_one_do_not_count(tmp_path: Path, log: TwinLog) -> None:
    log.append(Extent(3, 2), records(4))
    assert len(contents(tmp_path)) == 2
    log.append(Extent(2, 2), records(3, 4, text="late"))
    assert contents(tmp_path)[2:] == [b"late 3", b"late 4"]


def test_wherever_it_is_torn_the_whole_frames_before_count(tmp_path: Path, log: TwinLog) -> None:
    path = tmp_path / "records.log"
    whole = path.stat().st_size
    log.append(Extent(2, 2), records(3))
    content = path.read_bytes()
    for length in range(whole, len(content)):
        path.write_bytes(content[:length])
        assert len(contents(tmp_path)) == 2
        assert (read(tmp_path).end is None) is (length > whole)


def test_whichever_byte_is_wrong_the_frames_before_it_count(tmp_path: Path, log: TwinLog) -> None:
    path = tmp_path / "records.log"
    whole = path.stat().st_size
    log.append(Extent(2, 2), records(3))
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert len(contents(tmp_path)) == (2 if at >= whole else 0)


def test_nothing_is_appended_behind_a_torn_end(tmp_path: Path, log: TwinLog) -> None:
    log.close()
    torn = (tmp_path / "records.log").read_bytes() + b"PDTL half a fra"
    (tmp_path / "records.log").write_bytes(torn)
    TwinLog(tmp_path, read(tmp_path)).append(Extent(2, 2), records(3))
    assert names(tmp_path) == ["records.log", "records-2.log"]
    assert (tmp_path / "records.log").read_bytes() == torn
    assert len(contents(tmp_path)) == 3


def test_the_tenth_file_comes_after_the_ninth(tmp_path: Path) -> None:
    for number in (10, 9, 1, 2):
        (tmp_path / ("records.log" if number == 1 else f"records-{number}.log")).touch()
    (tmp_path / "records-x.log").touch()
    assert [number for number, _ in twin_log.files(tmp_path)] == [1, 2, 9, 10]


@pytest.mark.parametrize("call", ["fsync", "write"])
def test_after_an_error_the_bytes_go_to_a_new_file(
    tmp_path: Path, log: TwinLog, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    refuse(monkeypatch, call, errno.EIO, 1)
    log.append(Extent(2, 2), records(3))
    log.append(Extent(3, 2), records(4))
    assert names(tmp_path) == ["records.log", "records-2.log"]
    assert len(contents(tmp_path)) == 4


def test_a_descriptor_that_could_not_be_synced_is_never_synced_again(
    tmp_path: Path, log: TwinLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def fail_once(descriptor: int) -> None:
        file = os.fstat(descriptor).st_ino
        synced.append(file)
        if len(synced) == 1:
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fail_once)
    log.append(Extent(2, 2), records(3))
    log.append(Extent(3, 2), records(4))
    assert synced[0] not in synced[1:]


@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS])
def test_when_the_new_file_fails_too_it_is_told_and_what_stood_stays(
    tmp_path: Path, log: TwinLog, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse(monkeypatch, "write", number, 2)
    with pytest.raises(OSError, match=os.strerror(number)):
        log.append(Extent(2, 2), records(3))
    assert len(contents(tmp_path)) == 2
    log.append(Extent(2, 2), records(3))
    assert len(contents(tmp_path)) == 3


def test_a_full_disk_leaves_the_file_as_it_was(
    tmp_path: Path, log: TwinLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (tmp_path / "records.log").read_bytes()
    real = os.write

    def half(descriptor: int, content: bytes) -> int:
        if len(content) > 8:
            return real(descriptor, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space left"):
        log.append(Extent(2, 2), records(3))
    assert (tmp_path / "records.log").read_bytes() == before
    monkeypatch.undo()
    log.append(Extent(2, 2), records(3))
    assert names(tmp_path) == ["records.log"]
    assert len(contents(tmp_path)) == 3


LOG_BYTES = 4096


@pytest.fixture
def reserve(tmp_path: Path) -> Reserve:
    """Two pieces that the log may go on in."""
    made = Reserve(tmp_path, (Pieces(LOG, 2, LOG_BYTES),))
    assert made.take()
    return made


@pytest.mark.usefixtures("reserve")
def test_on_a_full_disk_it_goes_on_in_the_reserve(tmp_path: Path, log: TwinLog) -> None:
    whole = (tmp_path / "records.log").read_bytes()
    with full_disk():
        for number in range(3, 8):
            log.append(Extent(number - 1, 2), records(number))
            assert len(contents(tmp_path)) == number
    assert (tmp_path / "records.log").read_bytes() == whole
    assert (tmp_path / "records-2.log").stat().st_size == LOG_BYTES
    assert read(tmp_path).end == (tmp_path / "records-2.log", _length(tmp_path / "records-2.log"))


def _length(path: Path) -> int:
    return len(path.read_bytes().rstrip(b"\0"))


@pytest.mark.usefixtures("reserve")
def test_one_piece_after_the_other_is_filled_and_then_it_is_told(
    tmp_path: Path, log: TwinLog
) -> None:
    last = 2
    with full_disk(), suppress(OSError):
        for number in range(3, 500):
            log.append(Extent(number - 1, 2), records(number, text="x" * 100))
            last = number
    with full_disk(), pytest.raises(OSError, match="No space left"):
        log.append(Extent(last, 2), records(last + 1, text="x" * 100))
    assert last > 2 * LOG_BYTES // 200
    assert len(contents(tmp_path)) == last
    assert names(tmp_path) == ["records.log", "records-2.log", "records-3.log"]


@pytest.mark.usefixtures("reserve")
def test_another_writer_goes_on_in_a_piece_that_is_not_full(tmp_path: Path, log: TwinLog) -> None:
    with full_disk():
        log.append(Extent(2, 2), records(3))
        log.close()
        TwinLog(tmp_path, read(tmp_path)).append(Extent(3, 2), records(4))
    assert len(contents(tmp_path)) == 4
    assert names(tmp_path) == ["records.log", "records-2.log"]


@pytest.mark.usefixtures("reserve")
def test_a_torn_frame_in_a_piece_ends_it(tmp_path: Path, log: TwinLog) -> None:
    with full_disk():
        log.append(Extent(2, 2), records(3))
        log.append(Extent(3, 2), records(4))
    path = tmp_path / "records-2.log"
    end = _length(path)
    path.write_bytes(path.read_bytes()[: end - 3].ljust(LOG_BYTES, b"\0"))
    assert len(contents(tmp_path)) == 3
    TwinLog(tmp_path, read(tmp_path)).append(Extent(3, 2), records(4, text="again"))
    assert contents(tmp_path)[3] == b"again 4"
    assert names(tmp_path)[-1] == "records-3.log"


def test_the_twin_is_its_owners_only(tmp_path: Path, log: TwinLog) -> None:
    assert (tmp_path / "records.log").stat().st_mode & 0o777 == 0o600
