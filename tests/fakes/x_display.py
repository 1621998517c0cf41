"""An X server of the test's own, with a window manager and windows that take the focus."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from proctor_desktop.hosts.x11_focus import connect, has_window_manager

_WINDOW = """
import sys
from Xlib import X, display
connection = display.Display(sys.argv[1])
screen = connection.screen()
window = screen.root.create_window(
    50, 50, 300, 200, 0, screen.root_depth, background_pixel=screen.white_pixel
)
window.set_wm_class("test-window", "TestWindow")
window.set_wm_hints(flags=1, input=1)
window.map()
connection.sync()
sys.stdin.read()
"""


@contextmanager
def x_display(size: str = "1280x720", window_manager: bool = True) -> Iterator[str]:
    """Start Xvfb on a free display, and openbox; gives the value for ``DISPLAY``."""
    for program in ("Xvfb", "openbox") if window_manager else ("Xvfb",):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            name = f":{told.readline().strip()}"
        if window_manager:
            with _openbox(name):
                yield name
        else:
            yield name
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def focused_window(display: str) -> Iterator[int]:
    """A window of another process, which the window manager makes the active one; gives its pid."""
    process = subprocess.Popen([sys.executable, "-c", _WINDOW, display], stdin=subprocess.PIPE)
    try:
        yield process.pid
    finally:
        process.communicate(timeout=10)


@contextmanager
def _openbox(display: str) -> Iterator[None]:
    environ = {**os.environ, "DISPLAY": display}
    process = subprocess.Popen(
        ["openbox", "--sm-disable"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for_window_manager(display)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_for_window_manager(name: str) -> None:
    connection = connect(name)
    try:
        for _ in range(200):
            if has_window_manager(connection):
                return
            time.sleep(0.05)
    finally:
        connection.close()
    pytest.fail("openbox did not start")
