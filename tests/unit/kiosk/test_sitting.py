import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk import sitting as sitting_module
from proctor_desktop.kiosk.autopilot import consent
from proctor_desktop.kiosk.options import KioskOptions
from proctor_desktop.kiosk.sitting import Sitting
from proctor_desktop.kiosk.state import CandidateView, Link, Stage, stage
from proctor_desktop.wire import stdio
from tests.fakes.kiosk_views import NOTICE

Command = Callable[..., list[str]]
WAIT_MS = 20_000
LIVES = ("first", "second")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitting_module, "TICK_MS", 10)
    monkeypatch.setattr(sitting_module, "RESTART_DELAY_MS", 1)


@pytest.fixture
def sit(qtbot: QtBot, fake_monitor: Command) -> Iterator[Callable[..., Sitting]]:
    """A started sitting with the fake monitor; its clock runs a second each time it is read."""
    made: list[Sitting] = []

    def start(scenario: str = "calm", **options: object) -> Sitting:
        ticking = itertools.count()
        one = Sitting(
            fake_monitor(scenario),
            KioskOptions(**options),  # type: ignore[arg-type]
            clock=lambda: float(next(ticking)),
        )
        made.append(one)
        one.start()
        return one

    yield start
    for one in made:
        leave(qtbot, one)


def leave(qtbot: QtBot, one: Sitting) -> int:
    """Leave, twice if need be, and return the exit code."""
    if not one.has_left:
        with qtbot.waitSignal(one.left, timeout=WAIT_MS) as left:
            one.leave()
            one.leave()
        return int(left.args[0])
    return 0


def until(qtbot: QtBot, one: Sitting, holds: Callable[[CandidateView], bool]) -> None:
    qtbot.waitUntil(lambda: holds(one.view), timeout=WAIT_MS)


def to_exam(qtbot: QtBot, one: Sitting) -> None:
    """Press every button up to the exam."""
    steps: list[tuple[Stage, stdio.Upward]] = [
        (Stage.NOTICE, consent(NOTICE, given=True, unattended=False)),
        (Stage.PHOTO, stdio.TakePhoto()),
        (Stage.CALIBRATION, stdio.Calibrate()),
        (Stage.READY, stdio.StartExam()),
    ]
    for place, message in steps:
        until(qtbot, one, lambda view, place=place: stage(view) is place)  # type: ignore[misc]
        one.ask(message)
    until(qtbot, one, lambda view: stage(view) is Stage.EXAM)


def test_an_unattended_run_goes_from_notice_to_end_and_leaves(
    qtbot: QtBot, sit: Callable[..., Sitting], heard: Callable[[], str]
) -> None:
    one = sit(unattended=True, duration_s=1.0)
    seen: list[Stage] = []
    one.changed.connect(lambda _before, view: seen.append(stage(view)))
    with qtbot.waitSignal(one.left, timeout=WAIT_MS) as left:
        pass
    assert left.args == [0]
    assert [one for one in dict.fromkeys(seen) if one is not Stage.STARTING] == [
        Stage.NOTICE,
        Stage.PHOTO,
        Stage.CALIBRATION,
        Stage.READY,
        Stage.EXAM,
        Stage.END,
    ]
    assert one.view.ended is not None
    assert '"unattended":true' in heard()


def test_the_camera_picture_is_asked_for_and_no_longer_than_needed(
    qtbot: QtBot, sit: Callable[..., Sitting], heard: Callable[[], str]
) -> None:
    one = sit()
    to_exam(qtbot, one)
    qtbot.waitUntil(lambda: heard().count("want_preview") == 2)
    assert heard().index('"on":true') < heard().index('"on":false')


def test_monitor_is_started_again_and_the_exam_goes_on(
    qtbot: QtBot, sit: Callable[..., Sitting]
) -> None:
    one = sit("dies")
    links: list[Link] = []
    one.changed.connect(lambda _before, view: links.append(view.link))
    to_exam(qtbot, one)
    until(qtbot, one, lambda view: view.link is Link.RESTARTING)
    assert stage(one.view) is Stage.EXAM
    until(qtbot, one, lambda view: view.link is Link.TALKING)
    assert stage(one.view) is Stage.EXAM
    assert "started again" in one.view.messages[0].text


def test_a_monitor_that_never_stays_alive_ends_in_a_plain_trouble(
    qtbot: QtBot, sit: Callable[..., Sitting]
) -> None:
    one = sit("mute")
    until(qtbot, one, lambda view: view.fatal is not None)
    assert stage(one.view) is Stage.TROUBLE
    assert one.last_words == ("RuntimeError: no words",)
    one.retry()
    assert stage(one.view) is Stage.STARTING
    until(qtbot, one, lambda view: view.fatal is not None)
    assert leave(qtbot, one) == 1


def test_a_fatal_trouble_is_not_answered_with_a_restart(
    qtbot: QtBot, sit: Callable[..., Sitting], tmp_path: Path
) -> None:
    one = sit("fatal")
    until(qtbot, one, lambda view: view.link is Link.STOPPED)
    assert stage(one.view) is Stage.TROUBLE
    assert (tmp_path / "monitor" / "lives").read_text() == "1"
    assert leave(qtbot, one) == 1


def test_a_line_that_is_no_message_is_shown_and_the_session_goes_on(
    qtbot: QtBot, sit: Callable[..., Sitting]
) -> None:
    one = sit("garbles")
    until(qtbot, one, lambda view: view.trouble is not None and view.snapshot is not None)
    assert stage(one.view) is Stage.NOTICE
    one.dismiss()
    assert one.view.trouble is None


def test_declining_ends_it_cleanly(qtbot: QtBot, sit: Callable[..., Sitting]) -> None:
    one = sit()
    until(qtbot, one, lambda view: stage(view) is Stage.NOTICE)
    one.ask(consent(NOTICE, given=False, unattended=False))
    until(qtbot, one, lambda view: view.link is Link.STOPPED)
    assert stage(one.view) is Stage.DECLINED
    assert leave(qtbot, one) == 0


@pytest.mark.parametrize("scenario", ["calm", "stubborn"])
def test_leaving_before_the_exam_closes_the_session(
    qtbot: QtBot, sit: Callable[..., Sitting], heard: Callable[[], str], scenario: str
) -> None:
    one = sit(scenario)
    until(qtbot, one, lambda view: stage(view) is Stage.NOTICE)
    with qtbot.waitSignal(one.left, timeout=WAIT_MS) as left:
        one.leave()
    assert left.args == [0]
    assert "finish_exam" in heard()


def test_leaving_during_the_exam_waits_for_its_end(
    qtbot: QtBot, sit: Callable[..., Sitting]
) -> None:
    one = sit()
    to_exam(qtbot, one)
    with qtbot.waitSignal(one.left, timeout=WAIT_MS):
        one.leave()
    assert one.view.ended is not None


def test_a_program_that_cannot_be_started_is_a_trouble(qtbot: QtBot, tmp_path: Path) -> None:
    one = Sitting([str(tmp_path / "missing")], KioskOptions())
    one.start()
    until(qtbot, one, lambda view: view.fatal is not None)
    assert leave(qtbot, one) == 1


def test_nothing_counts_as_asked_that_nobody_heard(qtbot: QtBot) -> None:
    one = Sitting(["x"], KioskOptions())
    one.ask(stdio.StartExam())
    assert one.view == CandidateView()
    assert one.view.phase is not Phase.RUNNING


def test_a_monitor_that_is_started_again_first_gets_the_photo_back(
    qtbot: QtBot, sit: Callable[..., Sitting], heard: Callable[[], str]
) -> None:
    one = sit("dies")
    to_exam(qtbot, one)
    until(qtbot, one, lambda view: view.link is Link.RESTARTING)
    qtbot.waitUntil(lambda: heard().count("held_photo") == len(LIVES), timeout=WAIT_MS)
    lines = [stdio.upward(line) for line in heard().splitlines()]
    handed = [line for line in lines if isinstance(line, stdio.HeldPhoto)]
    assert handed == [stdio.HeldPhoto(), stdio.HeldPhoto("the photo", "AAAA")]
    assert isinstance(lines[0], stdio.HeldPhoto)
