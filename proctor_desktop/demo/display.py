"""A display for a machine without one: Xvfb with a window manager, for as long as it is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.x11_focus import connect, has_window_manager

_START_S = 10.0
_STEP_S = 0.05


@contextmanager
def virtual_display(size: str = "1280x800", window_manager: bool = True) -> Iterator[str]:
    """Start Xvfb on a free display and openbox on it; gives the value for ``DISPLAY``.

    Raises EnvironmentProblem that names the program that is missing or does not start.
    """
    with ExitStack() as stack:
        name = stack.enter_context(_xvfb(size))
        if window_manager:
            stack.enter_context(_openbox(name))
        yield name


@contextmanager
def _xvfb(size: str) -> Iterator[str]:
    read, write = os.pipe()
    words = [_program("Xvfb"), "-displayfd", str(write), "-screen", "0", f"{size}x24"]
    server = subprocess.Popen(
        [*words, "-nolisten", "tcp"], pass_fds=[write], stderr=subprocess.DEVNULL
    )
    os.close(write)
    try:
        with os.fdopen(read) as told:
            number = told.readline().strip()
        if not number:
            raise _did_not_start("Xvfb")
        yield f":{number}"
    finally:
        _end(server)


@contextmanager
def _openbox(display: str) -> Iterator[None]:
    process = subprocess.Popen(
        [_program("openbox"), "--sm-disable"],
        env={**os.environ, "DISPLAY": display},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_managed(display)
        yield
    finally:
        _end(process)


def _wait_until_managed(display: str) -> None:
    connection = connect(display)
    try:
        deadline = time.monotonic() + _START_S
        while not has_window_manager(connection):
            if time.monotonic() > deadline:
                raise _did_not_start("openbox")
            time.sleep(_STEP_S)
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_START_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise EnvironmentProblem(
            name, "it is not installed", "Run packaging/setup.sh, or install it by hand."
        )
    return path


def _did_not_start(name: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        name, f"it did not start within {_START_S:.0f} s", "Try it by hand to see why."
    )
