from __future__ import annotations

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.observation import FocusChanged, Health
from proctor_desktop.hosts.focus import ActiveWindow
from proctor_desktop.sources import focus as focus_module
from proctor_desktop.sources.focus import FocusWatcher, is_inside
from tests.fakes.focus_probe import ScriptedProbe
from tests.fakes.manual_clock import ManualClock
from tests.fakes.reports import Reports

EXAM = ActiveWindow("exam", 100)
CHAT = ActiveWindow("chat", 200)
MAIL = ActiveWindow("mail", 300)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(focus_module, "_RETRY_S", 0.01)


class Desktop:
    def __init__(self, first: ActiveWindow | None, exam_pids: set[int]) -> None:
        self.probe = ScriptedProbe(first)
        self.available = True
        self.clock = ManualClock()
        self.reports = Reports()
        self.watcher = FocusWatcher(
            self._open, lambda: exam_pids, self.clock, self.reports, self.reports.crashed
        )

    def _open(self) -> ScriptedProbe:
        if not self.available:
            raise EnvironmentProblem("window focus", "no desktop", "Log in.")
        if self.probe.closed:
            self.probe = ScriptedProbe(EXAM)
        return self.probe

    def start(self) -> None:
        self.watcher.open()
        self.watcher.start()
        self.expect(1)

    def expect(self, count: int) -> FocusChanged:
        self.reports.wait_until(lambda: len(self.reports.of(FocusChanged)) >= count)
        return self.reports.of(FocusChanged)[count - 1]


def test_the_first_state_and_every_change_are_told_by_program() -> None:
    desktop = Desktop(EXAM, {100})
    desktop.start()
    for number, window in enumerate((CHAT, MAIL, None, EXAM), start=2):
        desktop.probe.show(window)
        desktop.expect(number)
    assert desktop.watcher.stop()

    assert desktop.reports.of(FocusChanged) == [
        FocusChanged(True, "exam"),
        FocusChanged(False, "chat"),
        FocusChanged(False, "mail"),
        FocusChanged(False, ""),
        FocusChanged(True, "exam"),
    ]
    assert desktop.probe.closed


def test_the_same_state_is_not_told_twice() -> None:
    desktop = Desktop(EXAM, {100})
    desktop.start()
    desktop.probe.show(EXAM)
    desktop.probe.show(CHAT)
    desktop.expect(2)
    assert desktop.watcher.stop()
    assert len(desktop.reports.of(FocusChanged)) == 2


def test_without_an_exam_window_the_program_active_at_the_start_is_the_exam() -> None:
    desktop = Desktop(CHAT, set())
    desktop.start()
    desktop.probe.show(MAIL)
    desktop.expect(2)
    desktop.probe.show(CHAT)
    desktop.expect(3)
    assert desktop.watcher.stop()
    assert [one.inside for one in desktop.reports.of(FocusChanged)] == [True, False, True]


def test_a_desktop_that_goes_away_is_lost_and_watched_again_when_it_is_back() -> None:
    desktop = Desktop(EXAM, {100})
    desktop.start()
    desktop.available = False
    desktop.probe.break_down()
    desktop.reports.wait_until(lambda: Health.LOST in [s for s, _ in desktop.reports.states])
    desktop.clock.advance(2)
    desktop.available = True
    desktop.expect(2)
    assert desktop.watcher.stop()

    assert [state for state, _ in desktop.reports.states] == [Health.OK, Health.LOST, Health.OK]
    assert [gap.seconds for gap in desktop.reports.gaps] == [2.0]
    assert desktop.reports.of(FocusChanged) == [FocusChanged(True, "exam")] * 2


def test_a_watcher_that_never_started_lets_go() -> None:
    desktop = Desktop(EXAM, {100})
    desktop.watcher.open()
    assert desktop.watcher.stop()
    assert desktop.probe.closed


@pytest.mark.parametrize(
    ("window", "exam_pids", "home", "inside"),
    [
        (EXAM, {100}, CHAT, True),
        (CHAT, {100}, CHAT, False),
        (None, {100}, None, False),
        (None, set(), None, True),
        (CHAT, set(), None, False),
        (None, set(), CHAT, False),
        (ActiveWindow("chat", 201), set(), CHAT, False),
        (ActiveWindow("chat", None), set(), CHAT, True),
    ],
)
def test_what_counts_as_inside(
    window: ActiveWindow | None, exam_pids: set[int], home: ActiveWindow | None, inside: bool
) -> None:
    assert is_inside(window, exam_pids, home) is inside
