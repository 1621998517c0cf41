from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator

import mss
import numpy as np
import pytest
from mss.exception import ScreenShotError
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts import this_host
from proctor_desktop.hosts.x11_focus import connect
from proctor_desktop.sources import screen
from proctor_desktop.sources.mss_shooter import MssShooter
from proctor_desktop.sources.x11_shooter import X11Shooter
from tests.fakes.x_display import focused_window, x_display

pytestmark = pytest.mark.x11

NEAR_PX = 40
"""A pointer is no larger."""


WINDOW_PX = 300 * 200


def white(image: NDArray[np.uint8]) -> int:
    return int((image[:, :, :3] == 255).all(axis=-1).sum())


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with x_display("800x600") as name:
        monkeypatch.setenv("DISPLAY", name)
        yield name


def pointed(display: str, x: int, y: int) -> None:
    connection = connect(display)
    connection.screen().root.warp_pointer(x, y)
    connection.sync()
    connection.close()


def without_pointer() -> NDArray[np.uint8]:
    with mss.MSS(with_cursor=False) as camera:
        shot = camera.grab(camera.monitors[0])
    return np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)


def until(shooter: X11Shooter, found: Callable[[NDArray[np.uint8]], bool]) -> NDArray[np.uint8]:
    """The first picture of which this is true."""
    for _ in range(200):
        image = shooter.shoot()
        if found(image):
            return image
        time.sleep(0.05)
    pytest.fail("no such picture came")


def test_a_picture_is_what_the_screen_shows_and_changes_with_it(display: str) -> None:
    shooter = X11Shooter()
    assert shooter.shoot().shape == (600, 800, 4)
    with focused_window(display):
        until(shooter, lambda image: white(image) > WINDOW_PX * 0.9)
        pointed(display, 700, 590)
        image = shooter.shoot()
        assert np.array_equal(image[:500, :, :3], without_pointer()[:500, :, :3])
    until(shooter, lambda image: white(image) < WINDOW_PX * 0.1)
    shooter.close()
    shooter.close()


@pytest.mark.parametrize(("x", "y"), [(400, 300), (0, 0), (799, 599), (0, 599), (799, 0)])
def test_the_pointer_is_drawn_in_where_it_is(display: str, x: int, y: int) -> None:
    shooter = X11Shooter()
    pointed(display, x, y)
    rows, columns = np.nonzero((shooter.shoot() != without_pointer()).any(axis=-1))
    assert len(rows)
    assert np.abs(rows - y).max() < NEAR_PX
    assert np.abs(columns - x).max() < NEAR_PX
    shooter.close()


def test_another_size_is_seen_with_the_next_picture(display: str) -> None:
    shooter = X11Shooter()
    assert shooter.shoot().shape == (600, 800, 4)
    smaller = ["xrandr", "--display", display, "--output", "screen", "--off", "--fb", "640x480"]
    subprocess.run(smaller, check=True, capture_output=True)
    assert shooter.shoot().shape == (480, 640, 4)
    shooter.close()


def test_a_display_that_ended_gives_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    with x_display("640x480") as name:
        monkeypatch.setenv("DISPLAY", name)
        shooter = X11Shooter()
        shooter.shoot()
    with pytest.raises(EnvironmentProblem, match="gives no picture"):
        shooter.shoot()
    shooter.close()
    with pytest.raises(EnvironmentProblem, match="gives no picture"):
        shooter.shoot()


def test_without_memory_to_share_the_picture_comes_all_the_same(
    display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> X11Shooter:
        raise ScreenShotError("the X server does not share memory")

    monkeypatch.setattr(screen, "X11Shooter", refuse)
    shooter = screen.open_screen(this_host("linux", {"DISPLAY": display}))
    assert isinstance(shooter, MssShooter)
    assert shooter.shoot().shape == (600, 800, 4)
    shooter.look_again()
    assert shooter.shoot().shape == (600, 800, 4)
    shooter.close()
