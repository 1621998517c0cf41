"""Keeping libraries off the network: nothing but our own upload leaves the candidate's computer.

MediaPipe's native library reports usage to its vendor once a task has run, and has no switch for
it. It honours the environment's proxy settings, though, so it is given a proxy that leads nowhere.
Our own connections go by the settings that were there before.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

DEAD_END = "http://127.0.0.1:9"
"""The discard port of this computer: a connection is refused at once, and nothing is sent."""

_SETTINGS = {
    "https_proxy": DEAD_END,
    "HTTPS_PROXY": DEAD_END,
    # An exception for every host would lead past the proxy, and an empty value counts as none.
    "no_proxy": "localhost",
    "NO_PROXY": "localhost",
}

_lock = threading.Lock()
_before: dict[str, str | None] = {}


def confine_libraries() -> None:
    """Send whatever a library asks of the network over HTTPS into the dead end, from now on."""
    with _lock:
        if not _before:
            _before.update({name: os.environ.get(name) for name in _SETTINGS})
        os.environ.update(_SETTINGS)


@contextmanager
def own_network_settings() -> Iterator[None]:
    """Inside, the environment's proxy settings are those that the computer's owner made."""
    with _lock:
        confined = {name: os.environ.get(name) for name in _before}
        _set(_before)
        try:
            yield
        finally:
            _set(confined)


def _set(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
