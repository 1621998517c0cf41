"""The monitor's end of the pipe to the kiosk: JSON lines in, JSON lines out."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import TextIO

from proctor_desktop.core.moment import Clock
from proctor_desktop.monitor.inbox import FromCandidate, Inbox, KioskGone, StageCrashed
from proctor_desktop.wire import stdio


class KioskLink:
    """Says things to the kiosk and puts what the candidate does into the inbox.

    A kiosk that is gone is noticed by either direction and told to the inbox once.
    """

    def __init__(self, lines_in: TextIO, lines_out: TextIO, inbox: Inbox, clock: Clock) -> None:
        self._in = lines_in
        self._out = lines_out
        self._inbox = inbox
        self._clock = clock
        self._lock = threading.Lock()
        self._gone = False
        # Daemon: a read that waits for the kiosk cannot be interrupted, and holds nothing.
        self._thread = threading.Thread(target=self._read, name="kiosk-link", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def say(self, message: stdio.Downward) -> None:
        """Send a message; does nothing once the kiosk is gone."""
        with self._lock:
            if self._gone:
                return
            try:
                self._out.write(stdio.to_line(message) + "\n")
                self._out.flush()
            except (BrokenPipeError, ValueError):
                self._lost()

    def preview(self, jpeg: bytes) -> None:
        """Send a small camera picture; it is kept nowhere."""
        self.say(stdio.Preview(base64.b64encode(jpeg).decode("ascii")))

    def _read(self) -> None:
        try:
            for line in self._in:
                message = stdio.upward(line)
                self._inbox.put(FromCandidate(self._clock.now(), message))
        except stdio.BadLine as bug:
            self._inbox.put(StageCrashed("kiosk link", bug))
            return
        with self._lock:
            self._lost()

    def _lost(self) -> None:
        if not self._gone:
            self._gone = True
            self._inbox.put(KioskGone(self._clock.now()))


class NoKiosk:
    """Stands in where nobody is shown anything: warnings and troubles go to ``tell``."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def start(self) -> None:
        """Nothing to listen to."""

    def say(self, message: stdio.Downward) -> None:
        """Print what a person at the terminal would want to know."""
        match message:
            case stdio.PhaseIs(phase, detail):
                self._tell(f"session: {phase.value}{f' ({detail})' if detail else ''}")
            case stdio.Toast(rule, text):
                self._tell(f"{rule}: {text}")
            case stdio.Trouble(what, why, remedy, _):
                self._tell(f"{what}: {why}. {remedy}")
            case _:
                return

    def preview(self, jpeg: bytes) -> None:
        """Nobody looks."""
