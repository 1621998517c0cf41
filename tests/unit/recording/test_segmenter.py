from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import av
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.observation import Health
from proctor_desktop.recording import segment as segment_module
from proctor_desktop.recording.orphan import orphan
from proctor_desktop.recording.segment import Segment
from proctor_desktop.recording.segment_file import SegmentFile
from proctor_desktop.recording.segmenter import ScreenFrame, Segmenter
from proctor_desktop.wire.rest import MAX_BLOB_BYTES
from proctor_desktop.wire.seal import MAGIC, Recipients
from proctor_desktop.wire.unseal import extent, open_sealed
from tests.fakes.manual_clock import START, ManualClock
from tests.fakes.reports import Reports
from tests.fakes.screen_frames import (
    FailingFile,
    another_page,
    noisy_frame,
    prepared,
    screen_frame,
)


def quick(work: Callable[[], None]) -> float:
    work()
    return 0.02


def slow(work: Callable[[], None]) -> float:
    work()
    return 0.5


KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))


class Sitting:
    def __init__(
        self,
        folder: Path,
        open_file: type[SegmentFile] = SegmentFile,
        segment_s: float = 10.0,
        **more: Any,
    ) -> None:
        self.clock = ManualClock()
        self.reports = Reports()
        self.done: list[Segment] = []
        self.folder = folder
        self.segmenter = Segmenter(
            folder,
            segment_s,
            1.0,
            self.done.append,
            self.clock,
            self.reports,
            self.reports.crashed,
            open_file,
            **{"timed": quick, **more},
        )
        self.segmenter.open()

    def feed(self, frames: Iterable[ScreenFrame]) -> None:
        """Let the segmenter work on frame after frame, as its thread would."""
        for frame in frames:
            self.clock.advance(frame.moment.since_s(self.clock.now()))
            self.segmenter._take(prepared(frame))

    def end(self) -> list[Segment]:
        self.segmenter.start()
        assert self.segmenter.stop()
        assert not self.reports.crashes
        return self.done


def sealed_to(key: X25519PrivateKey) -> Recipients:
    return Recipients("a session", (key.public_key().public_bytes_raw().hex(),))


def _times(segment: Segment) -> list[float]:
    return _times_of(segment.path.read_bytes())


def _times_of(content: bytes) -> list[float]:
    with av.open(io.BytesIO(content)) as container:
        return [round(float(frame.time or 0), 3) for frame in container.decode(video=0)]


def _pictures(segment: Segment) -> list[bytes]:
    with av.open(str(segment.path)) as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


def _brightness(segment: Segment) -> list[float]:
    with av.open(str(segment.path)) as container:
        return [
            float(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)
        ]


def test_a_busy_screen_is_cut_into_segments_that_play(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.feed(another_page(n, n) for n in range(25))
    done = sitting.end()

    assert [len(_times(one)) for one in done] == [10, 10, 5]
    assert [one.frames for one in done] == [10, 10, 5]
    assert [one.started for one in done] == [START.later(s) for s in (0, 10, 20)]
    assert [one.ended for one in done] == [START.later(s) for s in (9, 19, 24)]
    assert {(one.width, one.height, one.codec) for one in done} == {(320, 200, "av1")}
    assert {one.path for one in done} == set(tmp_path.glob("*.part"))
    assert not sitting.reports.all


def test_a_frame_that_comes_a_little_early_does_not_lengthen_its_segment(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.feed(another_page(n, n - 0.004 * (n % 2)) for n in range(30))
    assert [one.frames for one in sitting.end()] == [10, 10, 10]


def test_small_changes_share_the_first_picture_for_up_to_a_minute(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.feed(screen_frame(n, n) for n in range(70))
    assert [one.frames for one in sitting.end()] == [60, 10]


def test_a_screen_that_stands_still_needs_no_new_segment_for_ten_minutes(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.feed(screen_frame(n, n, text=3) for n in range(0, 700, 5))
    first, second = sitting.end()
    assert (first.ended, second.started) == (START.later(595), START.later(600))


def test_news_that_nothing_changed_counts_as_the_same_picture(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.segmenter.start()
    sitting.segmenter.put(screen_frame(1, 0))
    for second in range(1, 8):
        sitting.segmenter.unchanged(START.later(second))
        while sitting.segmenter._intake._frames:
            time.sleep(0.01)
    assert sitting.segmenter.stop()
    (segment,) = sitting.done
    assert _times(segment) == [0.0, 7.0]
    assert segment.ended == START.later(7)


def test_a_pause_ends_the_segment_and_is_one_gap_with_its_reason(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)

    def take(frame: ScreenFrame, paused: str | None = None) -> None:
        sitting.clock.advance(frame.moment.since_s(sitting.clock.now()))
        if paused is not None:
            sitting.segmenter.pause(paused) if paused else sitting.segmenter.resume()
        sitting.segmenter._heed_pause()
        sitting.segmenter._take(prepared(frame))

    take(screen_frame(1, 0))
    take(screen_frame(2, 3), "the disk is nearly full")
    take(screen_frame(3, 4))
    take(screen_frame(4, 9), "")
    done = sitting.end()
    assert [(one.started, one.frames) for one in done] == [(START, 1), (START.later(9), 1)]
    assert [(gap.seconds, gap.reason) for gap in sitting.reports.gaps] == [
        (6.0, "the disk is nearly full")
    ]


def test_a_machine_that_is_too_slow_for_av1_records_h264_and_says_so(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path, timed=slow)
    sitting.feed(screen_frame(n, n) for n in range(4))
    first, segment = sitting.end()
    assert (first.codec, first.frames) == ("av1", 2)
    assert (segment.codec, len(_times(segment))) == ("h264", 2)
    assert "h264" in sitting.reports.states[0][1]


def test_sealed_video_opens_with_the_private_key_only(tmp_path: Path) -> None:
    key = X25519PrivateKey.generate()
    sitting = Sitting(tmp_path, to=sealed_to(key))
    sitting.feed(screen_frame(n, n) for n in range(4))
    (segment,) = sitting.end()

    content = segment.path.read_bytes()
    assert b"ftyp" not in content
    opened = open_sealed(content, [key])
    assert opened.complete
    assert opened.digest == segment.seals
    assert _times_of(opened.content) == [0.0, 1.0, 2.0, 3.0]
    with segment.path.open("rb") as file:
        assert extent(file).times_ms == (0, 1000, 2000, 3000, 3000)


def test_a_sealed_segment_on_a_broken_disk_is_kept_as_far_as_it_can_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = X25519PrivateKey.generate()
    sitting = Sitting(tmp_path, FailingFile, segment_s=60, to=sealed_to(key))
    sitting.feed(screen_frame(n, n) for n in range(5))
    monkeypatch.setattr(FailingFile, "problem", OSError(errno.EIO, "broken"))
    sitting.feed(screen_frame(n, n) for n in range(5, 8))
    (segment,) = sitting.end()
    opened = open_sealed(segment.path.read_bytes(), [key])
    assert (opened.complete, segment.seals) == (False, "")
    assert _times_of(opened.content) == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert (segment.frames, segment.ended) == (5, START.later(4))


def test_a_still_screen_costs_few_pictures_and_lasts_as_long_as_it_stood(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.feed(screen_frame(n, n, text=3) for n in range(25))
    (segment,) = sitting.end()

    assert _times(segment) == [0.0, 10.0, 20.0, 24.0]
    assert segment.ended == START.later(24)


def test_a_change_after_standing_still_is_shown_when_it_came(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.feed(screen_frame(n, n, text=3 if n < 5 else 9) for n in range(8))
    (segment,) = sitting.end()
    assert _times(segment) == [0.0, 5.0, 7.0]


def test_of_all_pictures_only_one_is_held_however_many_come(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    frames = [prepared(screen_frame(n, n, text=n // 3)) for n in range(6)]
    held = [weakref.ref(frame.image.patches[0].planes[0]) for frame in frames if frame.image]
    for _ in range(len(frames)):
        sitting.segmenter._take(frames.pop(0))
        assert [ref() is not None for ref in held].count(True) == len(frames)
    (segment,) = sitting.end()
    assert _times(segment) == [0.0, 3.0, 5.0]


def test_a_segment_that_ends_before_a_change_ends_with_what_stood_until_then(
    tmp_path: Path,
) -> None:
    sitting = Sitting(tmp_path)
    sitting.feed(another_page(20, second) for second in range(12))
    sitting.feed([another_page(21, 12)])
    first, second = sitting.end()
    assert (_times(first), _times(second)) == ([0.0, 10.0, 11.0], [0.0])
    assert max(_brightness(first)) - min(_brightness(first)) < 1
    assert abs(_brightness(second)[0] - _brightness(first)[-1]) > 50


def _alone(segment: Segment) -> list[float]:
    with av.open(str(segment.path)) as container:
        packets = [one for one in container.demux(video=0) if one.size]
    return [float(one.pts * one.time_base) for one in packets if one.is_keyframe]


def test_another_page_stands_alone_but_not_each_time(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path, segment_s=60)
    sitting.feed(another_page(20 + n, n) for n in range(8))
    sitting.feed(screen_frame(n, n, text=40 + n) for n in range(8, 20))
    (segment,) = sitting.end()
    assert _alone(segment) == [0.0, 5.0]


def test_rows_that_changed_are_enough(tmp_path: Path) -> None:
    whole, rows = Sitting(tmp_path / "whole"), Sitting(tmp_path / "rows")
    for number in range(4):
        frame = screen_frame(number, number)
        whole.feed([frame])
        changed = [range(9 * number - 9, 9 * number + 9)] if number else None
        rows.segmenter._take(prepared(frame, changed))
    (one,), (other,) = whole.end(), rows.end()
    assert one.frames == 4
    assert _pictures(one) == _pictures(other)


def test_a_change_is_on_disk_at_once(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    for number in range(4):
        sitting.feed([screen_frame(number, number)])
        (path,) = tmp_path.glob("*.part")
        assert len(_times_of(path.read_bytes())) == number + 1
    sitting.end()


def test_another_screen_size_begins_another_segment(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.feed([screen_frame(1, 0), screen_frame(2, 1), screen_frame(3, 2, size=(400, 300))])
    done = sitting.end()
    assert [(one.width, one.height, one.frames) for one in done] == [(320, 200, 2), (400, 300, 1)]


def test_a_segment_is_closed_before_it_is_larger_than_a_blob_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_module, "LIMIT_BYTES", 150_000)
    sitting = Sitting(tmp_path, segment_s=60)
    sitting.feed(noisy_frame(n, n, (320, 200)) for n in range(12))
    done = sitting.end()

    assert len(done) > 1
    assert sum(one.frames for one in done) == 12
    assert max(one.path.stat().st_size for one in done) < 150_000 * 10 / 9
    assert not sitting.reports.all


def test_the_limit_leaves_room_for_the_seal() -> None:
    assert segment_module.LIMIT_BYTES < MAX_BLOB_BYTES - 100_000


def test_a_picture_that_no_segment_has_room_for_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_module, "LIMIT_BYTES", 20_000)
    sitting = Sitting(tmp_path)
    sitting.feed([screen_frame(1, 0, size=(640, 400)), noisy_frame(2, 1, (640, 400))])
    sitting.feed([screen_frame(3, 2, size=(640, 400))])
    done = sitting.end()

    assert sum(one.frames for one in done) == 2
    assert {one.path for one in done} == set(tmp_path.glob("*.part"))
    assert [gap.seconds for gap in sitting.reports.gaps] == [1.0]
    assert "larger" in sitting.reports.gaps[0].reason


@pytest.mark.parametrize(
    ("number", "why"), [(errno.ENOSPC, "the disk is full"), (errno.EIO, "cannot be written")]
)
def test_a_broken_disk_costs_a_gap_and_not_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, why: str
) -> None:
    sitting = Sitting(tmp_path, FailingFile, segment_s=60)
    sitting.feed(screen_frame(n, n) for n in range(5))
    monkeypatch.setattr(FailingFile, "problem", OSError(number, os.strerror(number)))
    sitting.feed(screen_frame(n, n) for n in range(5, 17))
    monkeypatch.setattr(FailingFile, "problem", None)
    sitting.feed(screen_frame(n, n) for n in range(17, 25))
    done = sitting.end()

    assert [state for state, _ in sitting.reports.states] == [Health.LOST, Health.OK]
    assert why in sitting.reports.states[0][1]
    assert [why in gap.reason for gap in sitting.reports.gaps] == [True]
    assert _times(done[0]) == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert (done[0].frames, done[0].ended) == (5, START.later(4))
    assert sum(one.frames for one in done[1:]) >= 4
    assert {one.path for one in done} == set(tmp_path.glob("*.part"))


def test_a_disk_that_stays_full_is_a_gap_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting = Sitting(tmp_path, FailingFile)
    monkeypatch.setattr(FailingFile, "problem", OSError(errno.ENOSPC, "full"))
    sitting.feed(screen_frame(n, n) for n in range(12))
    sitting.clock.advance(3)
    assert sitting.end() == []
    assert [gap.seconds for gap in sitting.reports.gaps] == [14.0]
    assert not list(tmp_path.iterdir())


def test_what_waits_is_still_encoded_when_the_session_ends(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    assert sitting.segmenter.put(screen_frame(1, 0))
    assert sitting.segmenter.put(screen_frame(2, 1))
    (segment,) = sitting.end()
    assert segment.frames == 2


def test_a_bug_in_whoever_takes_the_segments_is_not_taken_for_a_bad_disk(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)

    def refuse(_segment: Segment) -> None:
        raise OSError(errno.ENOSPC, "the journal's own trouble")

    sitting.segmenter._finished = refuse
    sitting.segmenter.put(screen_frame(1, 0))
    sitting.segmenter.start()
    sitting.segmenter.stop()
    assert [type(crash) for crash in sitting.reports.crashes] == [OSError]
    assert not sitting.reports.states


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    reports = Reports()
    segmenter = Segmenter(
        tmp_path / "file" / "segments",
        10,
        1,
        lambda _: None,
        ManualClock(),
        reports,
        reports.crashed,
    )
    with pytest.raises(EnvironmentProblem, match="segments"):
        segmenter.open()


_ENDLESS = """
import sys
from pathlib import Path
from proctor_desktop.recording.segmenter import Segmenter
from proctor_desktop.wire.seal import Recipients
from tests.fakes.manual_clock import ManualClock
from tests.fakes.reports import Reports
from tests.fakes.screen_frames import prepared, screen_frame
reports = Reports()
segmenter = Segmenter(
    Path(sys.argv[1]), 3600, 1, print, ManualClock(), reports, reports.crashed,
    to=Recipients("a session", tuple(sys.argv[2:])),
)
for number in range(100000):
    segmenter._take(prepared(screen_frame(number, number)))
    print(number, flush=True)
"""


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("frames", [2, 7, 20])
def test_killed_at_once_it_leaves_all_but_the_last_picture(
    tmp_path: Path, frames: int, sealed: bool
) -> None:
    keys = sealed_to(KEY).keys if sealed else ()
    writer = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, str(tmp_path), *keys],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(frames)]
    writer.send_signal(signal.SIGKILL)
    told += [int(line) for line in writer.stdout if line.strip().isdigit()]
    writer.wait(10)
    writer.stdout.close()

    (path,) = tmp_path.glob("*.part")
    with path.open("ab") as file:
        file.write(b"\0\0\1\0torn" if sealed else b"")
    found = orphan(path)
    assert found is not None
    assert found.frames >= len(told) - 1
    content = path.read_bytes()
    if sealed:
        opened = open_sealed(content, [KEY])
        assert not opened.complete
        content = opened.content
    assert len(_times_of(content)) == found.frames
    assert found.started == START
    assert found.ended == START.later(found.frames - 1)
    assert (found.width, found.height) == (320, 200)


@pytest.mark.parametrize("content", [b"", b"not a video", b"\0" * 5000, MAGIC, MAGIC + b"{}\n"])
def test_a_file_with_no_picture_in_it_is_no_segment(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.part"
    path.write_bytes(content)
    assert orphan(path) is None
