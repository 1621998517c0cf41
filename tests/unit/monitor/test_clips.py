"""Clips: waited for, cut, made in a thread of their own, recorded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from proctor_desktop.core.chain import BlobRef
from proctor_desktop.core.effect import KeepClip, KeepSound
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Source
from proctor_desktop.journal.blobs import NotKept
from proctor_desktop.journal.writer import Entry
from proctor_desktop.monitor.clips import LAG_S, WAITING_AT_MOST, Clips, Made, NotMade, ring_s
from tests.fakes.sessions import blob
from tests.playbook import moment


class Tape:
    """Footage that can make a clip of anything, or refuses, or takes its time."""

    def __init__(self, refuses: str = "", hold: threading.Event | None = None) -> None:
        self.taken: list[tuple[float, float]] = []
        self.made_in: list[str] = []
        self._refuses = refuses
        self._hold = hold

    def take(self, start: Moment, end: Moment) -> Callable[[], Made]:
        span = (start.since_s(moment(0)), end.since_s(moment(0)))
        self.taken.append(span)
        return lambda: self._make(span)

    def _make(self, span: tuple[float, float]) -> Made:
        self.made_in.append(threading.current_thread().name)
        if self._hold is not None:
            self._hold.wait(10)
        if self._refuses:
            raise NotMade(self._refuses)
        return Made(f"{span}".encode(), "video/mp4", {"frames": 3})


def keep(content: bytes, media_type: str) -> BlobRef:
    return blob(content, media_type)


class Desk:
    """Clips of one camera tape; what they come to is gathered."""

    def __init__(
        self,
        tape: Tape | None = None,
        kept: Callable[[bytes, str], BlobRef] = keep,
        **others: Tape,
    ) -> None:
        self.tape = tape or Tape()
        self.crashes: list[BaseException] = []
        footage = {Source.CAMERA: self.tape} | {Source(n): one for n, one in others.items()}
        self.clips = Clips(footage, kept, self.crashes.append)

    def want(self, violation: int, at_s: float, each_way_s: float = 5.0) -> None:
        self.clips.want(KeepClip(moment(at_s), violation, each_way_s))

    def finish(self, at_s: float, timeout_s: float = 10.0) -> list[Entry]:
        return self.clips.finish(moment(at_s), timeout_s)


def told(entries: list[Entry]) -> list[tuple[str, dict[str, Any]]]:
    return [(entry.kind, entry.data) for entry in entries]


def test_a_clip_is_cut_when_its_last_second_has_passed() -> None:
    desk = Desk()
    desk.want(1, at_s=20)
    desk.clips.due(moment(25 + LAG_S / 2))
    assert desk.tape.taken == []
    desk.clips.due(moment(25 + LAG_S))
    assert desk.tape.taken == [(15, 25)]
    desk.clips.due(moment(40))
    desk.finish(40)
    assert len(desk.tape.taken) == 1


def test_what_was_made_becomes_an_urgent_record_with_its_file() -> None:
    desk = Desk()
    desk.want(7, at_s=20)
    assert desk.clips.due(moment(24)) == []
    (entry,) = desk.finish(27)
    assert (entry.kind, entry.moment, entry.urgent) == ("clip", moment(27), True)
    assert entry.data == {"violations": [7], "source": "camera", "frames": 3}
    assert entry.blobs == (blob(b"(15.0, 25.0)", "video/mp4"),)


def test_it_is_made_in_a_thread_of_its_own_that_ends_with_the_work() -> None:
    desk, entries = Desk(), list[Entry]()
    for number in range(3):
        desk.want(number, at_s=20 + 30 * number)
        entries += desk.clips.due(moment(26 + 30 * number))
    entries += desk.finish(200)
    assert len(entries) == 3
    assert desk.tape.made_in == ["clips"] * 3
    assert "clips" not in [thread.name for thread in threading.enumerate()]


def test_violations_that_follow_closely_share_one_clip() -> None:
    desk = Desk()
    for number, at_s in enumerate([20, 21, 24.5], start=1):
        desk.want(number, at_s)
    assert desk.clips.due(moment(26)) == []
    assert desk.tape.taken == []
    (entry,) = desk.finish(40)
    assert desk.tape.taken == [(15, 29.5)]
    assert entry.data["violations"] == [1, 2, 3]


def test_a_clip_never_grows_beyond_what_the_ring_holds() -> None:
    desk = Desk()
    for number in range(40):
        desk.want(number, at_s=20 + number)
    desk.finish(90)
    assert max(end - start for start, end in desk.tape.taken) <= 15
    assert ring_s(5.0) > 15 + 2 * LAG_S
    assert len(desk.tape.taken) == 7


def test_every_violation_of_a_restless_minute_is_in_a_clip() -> None:
    desk, entries = Desk(), list[Entry]()
    for number in range(20):
        desk.want(number, at_s=20 + 2 * number)
        entries += desk.clips.due(moment(20 + 2 * number))
    entries += desk.finish(200)
    assert [n for entry in entries for n in entry.data["violations"]] == list(range(20))


def test_picture_and_sound_are_kept_apart() -> None:
    desk = Desk(microphone=Tape())
    desk.want(1, at_s=20)
    desk.clips.want(KeepSound(moment(20), 1, 5.0))
    sources = [entry.data["source"] for entry in desk.finish(30)]
    assert sorted(sources) == ["camera", "microphone"]


def test_without_the_source_there_is_no_clip_and_the_record_says_so() -> None:
    desk = Desk()
    desk.clips.want(KeepSound(moment(20), 4, 5.0))
    missing = {"what": "clip", "for": 4, "source": "microphone", "reason": "there is no microphone"}
    assert told(desk.clips.due(moment(30))) == [("not_captured", missing)]


def test_a_span_of_which_nothing_can_be_made_is_named_for_each_violation() -> None:
    desk = Desk(Tape(refuses="there was no picture"))
    desk.want(1, at_s=20)
    desk.want(2, at_s=21)
    entries = desk.finish(30)
    assert [(e.kind, e.data["for"], e.data["reason"]) for e in entries] == [
        ("not_captured", 1, "there was no picture"),
        ("not_captured", 2, "there was no picture"),
    ]


def test_a_disk_that_refuses_is_named() -> None:
    def refuse(*_: object) -> BlobRef:
        raise NotKept(28, "No space left on device")

    desk = Desk(kept=refuse)
    desk.want(1, at_s=20)
    (entry,) = desk.finish(30)
    assert (entry.kind, entry.data["reason"]) == ("not_captured", "No space left on device")


def test_at_the_end_what_is_pending_is_cut_at_what_there_is() -> None:
    desk = Desk()
    desk.want(1, at_s=20)
    (entry,) = desk.finish(21)
    assert desk.tape.taken == [(15, 25)]
    assert entry.kind == "clip"
    assert desk.finish(22) == []


def test_the_session_does_not_wait_for_ever() -> None:
    hold = threading.Event()
    desk = Desk(Tape(hold=hold))
    for number in (1, 2):
        desk.want(number, at_s=20 * number)
    try:
        entries = desk.finish(60, timeout_s=0.05)
    finally:
        hold.set()
    assert [(e.kind, e.data["for"]) for e in entries] == [("not_captured", 1), ("not_captured", 2)]
    assert "not ready" in entries[0].data["reason"]


def test_a_computer_that_is_too_slow_is_left_alone() -> None:
    hold = threading.Event()
    desk = Desk(Tape(hold=hold))
    wanted = WAITING_AT_MOST + 4
    for number in range(wanted):
        desk.want(number, at_s=20 * number)
    entries = desk.clips.due(moment(1000))
    hold.set()
    entries += desk.finish(1001)
    lost = [entry for entry in entries if entry.kind == "not_captured"]
    assert len(entries) == wanted
    assert 3 <= len(lost) <= 4
    assert "too busy" in lost[0].data["reason"]


def test_a_bug_is_reported_and_its_clip_is_not_taken_for_made() -> None:
    def broken(*_: object) -> BlobRef:
        raise RuntimeError("a bug")

    desk = Desk(kept=broken)
    desk.want(1, at_s=20)
    entries = desk.finish(30)
    assert [str(one) for one in desk.crashes] == ["a bug"]
    assert [entry.kind for entry in entries] == ["not_captured"]


@pytest.mark.parametrize("each_way_s", [1.0, 5.0, 10.0])
def test_a_ring_reaches_back_to_the_first_second_of_the_longest_clip(each_way_s: float) -> None:
    late_by_s = LAG_S + 1.0  # the loop looks once a second
    assert ring_s(each_way_s) >= 3 * each_way_s + late_by_s
