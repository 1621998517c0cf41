"""What every test gets: no stray environment, no dangling threads, and where the media is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.x_display import x_display

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED = CHECKOUT.parent / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of shared test media and weights beside the checkout."""
    if not (SHARED / "media" / "INDEX.md").is_file():
        pytest.skip("the shared test media is not on this machine")
    return SHARED


@pytest.fixture(autouse=True)
def _scrubbed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PROCTOR_DESKTOP_RESOURCES", "PROCTOR_DESKTOP_WEIGHTS_FROM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """A program under test sets up logging for itself; the next test must not inherit that."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(autouse=True)
def _no_dangling_threads() -> Iterator[None]:
    """A test that leaves a thread of ours running fails: the product must be able to stop."""
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t not in before and not t.daemon and t.is_alive()]
    for thread in left:
        thread.join(2.0)
    assert not [t for t in left if t.is_alive()], f"threads still running: {left}"


@pytest.fixture
def x_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An X server with a window manager, and ``DISPLAY`` naming it."""
    with x_display() as name:
        monkeypatch.setenv("DISPLAY", name)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
        yield name
