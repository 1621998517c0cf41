"""An X server of the test's own, with a window manager and windows that take the focus."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from proctor_desktop.demo.display import virtual_display

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

_TYPING = """
import sys, time
from Xlib import display
connection = display.Display(sys.argv[1])
screen = connection.screen()
wide, high = screen.width_in_pixels, screen.height_in_pixels
window = screen.root.create_window(
    0, 0, wide, high, 0, screen.root_depth, background_pixel=screen.white_pixel
)
window.set_wm_hints(flags=1, input=1)
window.map()
pen = window.create_gc(foreground=screen.black_pixel, font=connection.open_font("fixed"))
page = "What is asked here is answered at length, a few letters at a time. " * 200
letters, lines = wide // 6 - 8, high // 16 - 2
print("ready", flush=True)
for typed in range(0, 1_000_000, 3):
    line, at = divmod(typed, letters)
    if line % lines == 0 and at < 3:
        window.clear_area()
    text = page[typed % 9000:][:3].encode()
    window.draw_text(pen, 20 + 6 * at, 20 + 16 * (line % lines), text)
    connection.sync()
    time.sleep(0.2)
"""


@contextmanager
def x_display(size: str = "1280x720", window_manager: bool = True) -> Iterator[str]:
    """The demo's virtual display; skips the test where Xvfb or openbox is not installed."""
    for program in ("Xvfb", "openbox") if window_manager else ("Xvfb",):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    with virtual_display(size, window_manager) as name:
        yield name


@contextmanager
def focused_window(display: str) -> Iterator[int]:
    """A window of another process, which the window manager makes the active one; gives its pid."""
    process = subprocess.Popen([sys.executable, "-c", _WINDOW, display], stdin=subprocess.PIPE)
    try:
        yield process.pid
    finally:
        process.communicate(timeout=10)


@contextmanager
def typing_window(display: str) -> Iterator[None]:
    """A window of another process that fills the screen, and in which somebody types."""
    process = subprocess.Popen(
        [sys.executable, "-c", _TYPING, display], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", "nobody can type on this display"
        yield
    finally:
        process.kill()
        process.communicate(timeout=10)
