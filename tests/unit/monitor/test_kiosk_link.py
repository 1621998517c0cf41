"""The monitor's end of the pipe to the kiosk."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Iterator

import pytest

from proctor_desktop.core.session import Phase
from proctor_desktop.monitor import kiosk_link
from proctor_desktop.monitor.inbox import FromCandidate, Inbox, KioskGone, StageCrashed
from proctor_desktop.monitor.kiosk_link import KioskLink, NoKiosk
from proctor_desktop.wire import stdio
from tests.fakes.manual_clock import ManualClock
from tests.fakes.pipes import Blocked, Pipe, Refusing

ENDED = stdio.Ended("x.evidence", 0, None, None)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.close()


@pytest.fixture
def silent() -> Iterator[Pipe]:
    """A kiosk that says nothing."""
    made = Pipe()
    yield made
    made.close()


def linked(lines_in: object, lines_out: object, capacity: int = 512) -> tuple[KioskLink, Inbox]:
    """A link that is running, and the inbox behind it."""
    inbox = Inbox(capacity)
    link = KioskLink(lines_in, lines_out, inbox, ManualClock())  # type: ignore[arg-type]
    link.start()
    return link, inbox


def snapshot(elapsed_s: float) -> stdio.Snapshot:
    return stdio.Snapshot(elapsed_s, None, None, None, None, {}, 0, 0, True, [])


def test_what_the_candidate_does_comes_in_and_the_end_of_it_once(pipe: Pipe) -> None:
    _, inbox = linked(pipe.reads, io.StringIO())
    pipe.writes.write(stdio.to_line(stdio.StartExam()) + "\n")
    pipe.writes.flush()
    first = inbox.get(5)
    assert isinstance(first, FromCandidate)
    assert first.message == stdio.StartExam()
    pipe.writes.close()
    assert isinstance(inbox.get(5), KioskGone)
    assert inbox.get(0.01) is None


def test_what_is_said_goes_out_in_order_a_line_each(silent: Pipe, pipe: Pipe) -> None:
    link, _ = linked(silent.reads, pipe.writes)
    said: list[stdio.Downward] = [
        stdio.PhaseIs(Phase.RUNNING),
        stdio.Toast("face_missing", "We can't\nsee your face."),
        ENDED,
    ]
    for message in said:
        link.say(message)
    assert [stdio.downward(pipe.reads.readline()) for _ in said] == said


def test_a_preview_is_a_picture_in_a_line(silent: Pipe, pipe: Pipe) -> None:
    link, _ = linked(silent.reads, pipe.writes)
    link.preview(b"\xff\xd8 picture")
    message = stdio.downward(pipe.reads.readline())
    assert isinstance(message, stdio.Preview)
    assert base64.b64decode(message.jpeg) == b"\xff\xd8 picture"


def test_a_kiosk_that_hangs_holds_nobody_up_and_gets_the_newest(silent: Pipe) -> None:
    out = Blocked()
    link, _ = linked(silent.reads, out)
    link.say(stdio.PhaseIs(Phase.OPENED))
    assert out.reached.wait(5)
    for number in range(1000):
        link.say(snapshot(number))
        link.preview(b"%d" % number)
    link.say(stdio.Toast("rule", "kept"))
    link.say(stdio.Toast("rule", "kept too"))
    out.released.set()
    link.say(ENDED)
    messages = [stdio.downward(line) for line in out.getvalue().splitlines()]
    assert [message.type for message in messages] == [
        "phase",
        "snapshot",
        "preview",
        "toast",
        "toast",
        "ended",
    ]
    assert messages[1] == snapshot(999)


def test_the_last_word_is_out_when_it_has_been_said(silent: Pipe) -> None:
    out = io.StringIO()
    link, _ = linked(silent.reads, out)
    link.say(ENDED)
    assert stdio.downward(out.getvalue()) == ENDED


def test_the_last_word_does_not_wait_for_ever_either(
    silent: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk_link, "LAST_WORD_S", 0.01)
    out = Blocked()
    link, _ = linked(silent.reads, out)
    link.say(ENDED)
    assert out.getvalue() == ""
    out.released.set()


@pytest.mark.parametrize(
    "problem", [BrokenPipeError(), ConnectionResetError(), OSError(5, "I/O"), ValueError("closed")]
)
def test_a_kiosk_that_does_not_listen_any_more_is_gone(silent: Pipe, problem: Exception) -> None:
    link, inbox = linked(silent.reads, Refusing(problem))
    link.say(snapshot(1))
    assert isinstance(inbox.get(5), KioskGone)
    link.say(snapshot(2))
    link.say(ENDED)
    silent.writes.close()
    assert inbox.get(0.01) is None


def test_a_full_inbox_and_a_dead_kiosk_do_not_block_the_one_who_speaks(pipe: Pipe) -> None:
    link, inbox = linked(pipe.reads, Refusing(BrokenPipeError()), capacity=1)
    inbox.put(StageCrashed("x", ValueError()))
    pipe.writes.close()
    speaker = threading.Thread(target=lambda: [link.say(snapshot(n)) for n in range(50)])
    speaker.start()
    speaker.join(5)
    assert not speaker.is_alive()
    assert isinstance(inbox.get(1), StageCrashed)
    assert isinstance(inbox.get(5), KioskGone)


@pytest.mark.parametrize("line", [b"hello\n", b"{}\n", b'{"type":"make_tea"}\n', b"\xff\xfe\n"])
def test_a_line_that_is_no_message_is_a_bug_and_told_as_one(line: bytes) -> None:
    reads = io.TextIOWrapper(io.BytesIO(line), encoding="utf-8")
    _, inbox = linked(reads, io.StringIO())
    item = inbox.get(5)
    assert isinstance(item, StageCrashed)
    assert item.stage == "kiosk link"


def test_a_message_that_cannot_be_written_down_is_the_speakers_bug_not_the_kiosks_end(
    silent: Pipe,
) -> None:
    link, inbox = linked(silent.reads, io.StringIO())
    with pytest.raises(ValueError, match="JSON"):
        link.say(snapshot(float("nan")))
    assert inbox.get(0.01) is None


def test_a_stream_that_is_closed_on_our_side_is_the_end(pipe: Pipe) -> None:
    closed = io.StringIO()
    closed.close()
    _, inbox = linked(closed, io.StringIO())
    assert isinstance(inbox.get(5), KioskGone)


def test_without_a_kiosk_a_person_at_the_terminal_reads_what_matters() -> None:
    told: list[str] = []
    link = NoKiosk(told.append)
    link.start()
    link.preview(b"")
    for message in (
        stdio.PhaseIs(Phase.RUNNING),
        stdio.PhaseIs(Phase.CLOSED, "finished"),
        stdio.Toast("face_missing", "We can't see your face."),
        stdio.Trouble("camera 0", "it is busy", "Close it."),
        snapshot(1),
    ):
        link.say(message)
    assert told == [
        "session: running",
        "session: closed (finished)",
        "face_missing: We can't see your face.",
        "camera 0: it is busy. Close it.",
    ]


def test_without_a_window_the_limits_are_printed_before_the_exam_and_once() -> None:
    told: list[str] = []
    link = NoKiosk(told.append)
    notice = stdio.Notice("Maths", "Example", "We record.", "ab", "cd", ["objects: not installed."])
    link.say(notice)
    link.say(notice)
    assert told == ["limits on this computer:", "  objects: not installed."]
