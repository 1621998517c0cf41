from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.observation import Health
from proctor_desktop.hosts import this_host
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.sources import screen as screen_module
from proctor_desktop.sources.screen import ScreenFrame, ScreenGrabber, open_screen
from tests.fakes.reports import Reports
from tests.fakes.x_display import focused_window, x_display


class Shooter:
    """Gives pictures until ``broken``."""

    def __init__(self) -> None:
        self.broken = False
        self.closed = False

    def shoot(self) -> NDArray[np.uint8]:
        if self.broken:
            raise EnvironmentProblem("screen recording", "the display is gone", "Log in again.")
        return np.zeros((20, 30, 4), np.uint8)

    def close(self) -> None:
        self.closed = True


class Sitting:
    def __init__(self, shooters: list[Shooter]) -> None:
        self.reports = Reports()
        self.frames: list[ScreenFrame] = []
        coming = iter(shooters)
        self.grabber = ScreenGrabber(
            200.0,
            self._put,
            SystemClock(),
            self.reports,
            self.reports.crashed,
            lambda: next(coming),
        )

    def _put(self, frame: ScreenFrame) -> bool:
        self.frames.append(frame)
        return True


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
        before = shooter.shoot()
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
