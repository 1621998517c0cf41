"""A virtual screen that two monitors show half each, with something that moves on both."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.x_display import x_display

WIDE, HIGH = 1600, 600
LEFT_RGB, RIGHT_RGB = (200, 40, 40), (40, 60, 200)
POINTER = (1300, 450)
TITLE = "What somebody reads"
PAINTER = Path(sys.executable).resolve().name
"""The program whose window is active, and its title."""

_PAINTING = """
import itertools, sys, time
from Xlib import X, display
name, wide, high, x, y, title, left, right = sys.argv[1:]
wide, high, left, right = int(wide), int(high), int(left), int(right)
connection = display.Display(name)
screen = connection.screen()
font = connection.open_font("cursor")
arrow = font.create_glyph_cursor(font, 68, 69, (0, 0, 0), (65535, 65535, 65535))
halves = []
for number, colour in enumerate((left, right)):
    window = screen.root.create_window(
        number * wide // 2, 0, wide // 2, high, 0, screen.root_depth,
        background_pixel=colour, override_redirect=True, cursor=arrow,
    )
    window.map()
    halves.append(window)
active = screen.root.create_window(
    60, 60, 200, 80, 0, screen.root_depth, background_pixel=screen.white_pixel
)
active.set_wm_class("reader", "Reader")
active.set_wm_name(title)
active.set_wm_hints(flags=1, input=1)
screen.root.warp_pointer(int(x), int(y))
wanted = connection.intern_atom("_NET_ACTIVE_WINDOW")
for attempt in range(200):
    if attempt % 40 == 0:  # a window manager that is just starting activates no window
        active.unmap()
        active.map()
        connection.sync()
    found = screen.root.get_full_property(wanted, X.AnyPropertyType)
    if found is not None and found.value[0] == active.id:
        print("ready", flush=True)
        break
    time.sleep(0.05)
pen = halves[0].create_gc(foreground=screen.black_pixel)
for step in itertools.count():
    for half in halves:
        half.clear_area(0, high - 40, wide // 2, 40)
        half.fill_rectangle(pen, step * 10 % (wide // 2 - 40), high - 40, 40, 40)
    connection.sync()
    time.sleep(0.1)
"""


@contextmanager
def two_monitors() -> Iterator[str]:
    """The display's name; skips the test where one screen cannot be shown by two monitors."""
    xrandr = shutil.which("xrandr")
    if xrandr is None:
        pytest.skip("xrandr is not installed")
    with x_display(f"{WIDE}x{HIGH}") as name:
        half = WIDE // 2
        for monitor, left, output in (("LEFT", 0, "screen"), ("RIGHT", half, "none")):
            place = f"{half}/210x{HIGH}/160+{left}+0"
            words = [xrandr, "-d", name, "--setmonitor", monitor, place, output]
            if subprocess.run(words, capture_output=True, check=False).returncode:
                pytest.skip("this X server does not split a screen into monitors")
        with _painted(name):
            yield name


@contextmanager
def _painted(name: str) -> Iterator[None]:
    """Each monitor in a colour of its own, with a moving block; a small window is active."""
    colours = (str(int.from_bytes(rgb, "big")) for rgb in (LEFT_RGB, RIGHT_RGB))
    words = [*map(str, (WIDE, HIGH, *POINTER)), TITLE, *colours]
    painter = subprocess.Popen(
        [sys.executable, "-c", _PAINTING, name, *words],
        stdout=subprocess.PIPE,
        env={**os.environ, "DISPLAY": name},
    )
    try:
        assert painter.stdout is not None
        assert painter.stdout.readline() == b"ready\n", "nothing can be painted on this display"
        yield
    finally:
        painter.kill()
        painter.communicate()
