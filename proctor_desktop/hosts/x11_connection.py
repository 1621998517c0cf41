"""What there is to say when an X server leaves while somebody listens to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from Xlib import error

from proctor_desktop.core.errors import EnvironmentProblem


@contextmanager
def told_when_lost(what: str, display: str) -> Iterator[None]:
    """Turn a lost connection to ``display`` into an EnvironmentProblem about ``what``."""
    try:
        yield
    except (error.ConnectionClosedError, OSError) as problem:
        raise EnvironmentProblem(
            what,
            f"the connection to X display {display} was lost",
            "Check that the desktop session still runs.",
        ) from problem
