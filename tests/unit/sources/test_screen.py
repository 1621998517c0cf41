from __future__ import annotations

import errno
import itertools
import os
import time
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Health
from proctor_desktop.hosts import this_host
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.hosts.screen_changes import ScreenChanges
from proctor_desktop.sources import screen as screen_module
from proctor_desktop.sources.screen import MssShooter, ScreenFrame, ScreenGrabber, open_screen
from proctor_desktop.sources.screen_watch import ScreenWatch
from tests.fakes.manual_clock import START
from tests.fakes.reports import Reports
from tests.fakes.x_display import focused_window, x_display


class Shooter:
    """Gives pictures until ``broken``."""

    def __init__(self) -> None:
        self.broken = False
        self.still = False
        self.closed = False
        self.shown = 0

    def shoot(self) -> NDArray[np.uint8]:
        if self.broken:
            raise EnvironmentProblem("screen recording", "the display is gone", "Log in again.")
        self.shown += not self.still
        return np.full((20, 30, 4), self.shown % 200, np.uint8)

    def look_again(self) -> None:
        self.looked_again = True

    def close(self) -> None:
        self.closed = True


def nobody_tells() -> ScreenChanges:
    """A system on which pictures have to be compared."""
    raise EnvironmentProblem("screen changes", "nobody tells them", "")


class Sitting:
    def __init__(
        self, shooters: list[Shooter], changes: Callable[[], ScreenChanges] | None = None
    ) -> None:
        self.reports = Reports()
        self.frames: list[ScreenFrame] = []
        self.changed: list[Sequence[range] | None] = []
        self.unchanged: list[Moment] = []
        self.accepts = True
        coming = iter(shooters)
        self.grabber = ScreenGrabber(
            200.0,
            self._put,
            SystemClock(),
            self.reports,
            self.reports.crashed,
            lambda: next(coming),
            self.unchanged.append,
            changes or nobody_tells,
        )

    def _put(self, frame: ScreenFrame, changed: Sequence[range] | None) -> bool:
        self.frames.append(frame)
        self.changed.append(changed)
        return self.accepts


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen_module, "_RETRY_S", 0.01)


def test_pictures_are_numbered_and_go_forward_in_time() -> None:
    shooter = Shooter()
    sitting = Sitting([shooter])
    sitting.grabber.open()
    sitting.grabber.start()
    sitting.reports.wait_until(lambda: len(sitting.reports.states) == 1)
    while len(sitting.frames) < 4:
        time.sleep(0.005)
    assert sitting.grabber.stop()

    numbers = [frame.number for frame in sitting.frames]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(b.moment.since_s(a.moment) > 0 for a, b in itertools.pairwise(sitting.frames))
    assert shooter.closed


def test_a_display_that_goes_away_is_lost_and_found_again() -> None:
    first, second = Shooter(), Shooter()
    sitting = Sitting([first, second])
    sitting.grabber.open()
    sitting.grabber.start()
    sitting.reports.wait_until(lambda: len(sitting.reports.states) == 1)
    first.broken = True
    sitting.reports.wait_until(lambda: len(sitting.reports.states) == 3)
    assert sitting.grabber.stop()

    assert [state for state, _ in sitting.reports.states] == [Health.OK, Health.LOST, Health.OK]
    assert len(sitting.reports.gaps) == 1
    assert first.closed
    assert second.closed


@pytest.mark.parametrize("environ", [{}, {"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"}])
def test_where_the_screen_cannot_be_pictured_opening_says_why(environ: dict[str, str]) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        open_screen(this_host("linux", environ))
    assert caught.value.what == "screen recording"
    assert caught.value.remedy


@pytest.mark.x11
def test_the_whole_display_is_seen_as_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    with x_display("800x600") as display:
        monkeypatch.setenv("DISPLAY", display)
        shooter = open_screen(this_host("linux", {"DISPLAY": display}))
        before = shooter.shoot().copy()
        with focused_window(display):
            after = before
            for _ in range(200):
                after = shooter.shoot()
                if not np.array_equal(before, after):
                    break
                time.sleep(0.05)
        shooter.close()

    assert before.shape == (600, 800, 4)
    assert not np.array_equal(before, after)


@pytest.mark.x11
def test_a_display_that_ended_gives_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    with x_display() as display:
        monkeypatch.setenv("DISPLAY", display)
        shooter = open_screen(this_host("linux", {"DISPLAY": display}))
        shooter.shoot()
    with pytest.raises(EnvironmentProblem, match="gives no picture"):
        shooter.shoot()
    shooter.close()


@pytest.mark.parametrize("number", [errno.EFBIG, errno.ENOSPC])
def test_no_room_for_a_picture_is_not_blamed_on_the_display(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(**_options: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("mss.MSS", full)
    with pytest.raises(EnvironmentProblem, match=os.strerror(number)) as refused:
        MssShooter()
    assert "ulimit -f" in refused.value.remedy
    assert "DISPLAY" not in str(refused.value)


class Changes:
    """Tells of a drawing when it was told of one."""

    def __init__(self) -> None:
        self.has_drawn = True
        self.at = (0, 0)
        self.closed = False

    def drawn(self) -> bool:
        told, self.has_drawn = self.has_drawn, False
        return told

    def pointer(self) -> tuple[int, int]:
        return self.at

    def title(self) -> str:
        return "Answers - editor"

    def close(self) -> None:
        self.closed = True


def looked(sitting: Sitting, times: int = 1) -> None:
    """What the grabber's thread does when a picture is due, without waiting."""
    for _ in range(times):
        assert sitting.grabber._look()


def test_without_a_drawing_no_picture_is_taken_but_the_stillness_is_told() -> None:
    shooter, changes = Shooter(), Changes()
    sitting = Sitting([shooter], lambda: changes)
    looked(sitting, 3)
    assert (shooter.shown, len(sitting.frames), len(sitting.unchanged)) == (1, 1, 2)
    changes.has_drawn = True
    looked(sitting, 2)
    assert (shooter.shown, len(sitting.frames), len(sitting.unchanged)) == (2, 2, 3)


def test_a_pointer_that_moves_is_pictured_at_a_low_rate() -> None:
    changes = Changes()
    sitting = Sitting([Shooter()], lambda: changes)
    looked(sitting)
    for x in range(20):
        changes.at = (x, 5)
        looked(sitting)
    assert len(sitting.frames) == 1
    sitting.grabber._watch._pointed = sitting.frames[0].moment.later(-10)
    looked(sitting, 2)
    assert len(sitting.frames) == 2


def test_where_nobody_tells_of_drawings_pictures_are_compared() -> None:
    shooter = Shooter()
    sitting = Sitting([shooter])
    looked(sitting)
    shooter.still = True
    looked(sitting, 2)
    shooter.still = False
    looked(sitting)
    assert (len(sitting.frames), len(sitting.unchanged)) == (2, 2)


def test_a_picture_that_was_not_taken_in_is_taken_again() -> None:
    changes = Changes()
    sitting = Sitting([Shooter()], lambda: changes)
    sitting.accepts = False
    looked(sitting)
    sitting.accepts = True
    looked(sitting, 2)
    assert (len(sitting.frames), len(sitting.unchanged)) == (2, 1)
    assert sitting.changed == [None, None]


def test_the_rows_that_changed_are_told() -> None:
    sitting = Sitting([Shooter()], Changes)
    looked(sitting)
    sitting.grabber._watch._changes = None
    looked(sitting)
    assert sitting.changed == [None, (range(20),)]


def test_a_screen_that_was_drawn_again_as_it_was_is_unchanged() -> None:
    shooter, changes = Shooter(), Changes()
    shooter.still = True
    sitting = Sitting([shooter], lambda: changes)
    looked(sitting)
    changes.has_drawn = True
    looked(sitting)
    assert (len(sitting.frames), len(sitting.unchanged)) == (1, 1)


def test_a_changes_connection_that_ends_is_an_outage() -> None:
    changes = Changes()
    sitting = Sitting([Shooter(), Shooter()], lambda: changes)
    looked(sitting)

    def gone() -> bool:
        raise EnvironmentProblem("screen changes", "the connection was lost", "")

    changes.drawn = gone  # type: ignore[method-assign]
    assert not sitting.grabber._look()
    assert changes.closed
    assert [state for state, _ in sitting.reports.states] == [Health.OK, Health.LOST]


def test_the_lowest_of_several_limits_holds_until_it_is_taken_back() -> None:
    grabber = Sitting([]).grabber
    grabber.limit(2.0)
    grabber.limit(0.5, "encoder")
    assert grabber.frames_per_s == 0.5
    grabber.limit(None, "encoder")
    assert grabber.frames_per_s == 2.0
    grabber.limit(None)
    assert grabber.frames_per_s == 200.0


def test_titles_are_told_with_changes_and_only_where_they_are_wanted() -> None:
    told: list[str] = []
    changes = Changes()
    watch = ScreenWatch(lambda: changes, lambda _, title: told.append(title))
    assert watch.may_have_changed(START)
    assert not watch.may_have_changed(START.later(1))
    assert told == ["Answers - editor"]
