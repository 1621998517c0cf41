"""A named thread that can be asked to stop, and that never dies in silence."""

from __future__ import annotations

import threading
from collections.abc import Callable

Crashed = Callable[[BaseException], None]


class Worker:
    """Runs ``body(stopping)`` in a thread until it returns.

    ``body`` returns soon after the event it is given is set. What it raises goes to ``crashed``, in
    that thread. A ``daemon`` worker is one that may hang in a driver and must not keep the program
    from ending.
    """

    def __init__(
        self,
        name: str,
        body: Callable[[threading.Event], None],
        crashed: Crashed,
        *,
        daemon: bool = False,
    ) -> None:
        self.stopping = threading.Event()
        self._body = body
        self._crashed = crashed
        self._thread = threading.Thread(target=self._run, name=name, daemon=daemon)

    def start(self) -> None:
        """Begin; a worker starts once."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Ask the body to return and wait for it; False when it did not within ``timeout_s``."""
        self.stopping.set()
        return self.join(timeout_s)

    def join(self, timeout_s: float) -> bool:
        """Wait for the end without asking for it; True when the thread is not running."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._body(self.stopping)
        except BaseException as error:
            self._crashed(error)
