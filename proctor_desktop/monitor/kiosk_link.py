"""The monitor's end of the pipe to the kiosk: JSON lines in, JSON lines out."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import TextIO

from proctor_desktop.core.moment import Clock
from proctor_desktop.monitor.inbox import FromCandidate, Inbox, KioskGone, StageCrashed
from proctor_desktop.wire import stdio

_NEWEST_ONLY = (stdio.Snapshot, stdio.Preview, stdio.CalibrationStep)
LAST_WORD_S = 5.0
"""How long the last message may take before the process ends without it."""


class KioskLink:
    """Says things to the kiosk and puts what the candidate does into the inbox.

    A kiosk that is gone is noticed by either direction and told to the inbox once. One that hangs
    holds nobody up: of what is only for showing, the newest waits for it.
    """

    def __init__(self, lines_in: TextIO, lines_out: TextIO, inbox: Inbox, clock: Clock) -> None:
        self._in = lines_in
        self._out = lines_out
        self._inbox = inbox
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: list[tuple[type[stdio.Downward], str]] = []
        self._writing = False
        self._gone = False
        # Daemons: a read or a write that waits for the kiosk cannot be interrupted.
        self._threads = [
            threading.Thread(target=self._read, name="kiosk-link-in", daemon=True),
            threading.Thread(target=self._write, name="kiosk-link-out", daemon=True),
        ]

    def start(self) -> None:
        """Begin to listen and to speak."""
        for thread in self._threads:
            thread.start()

    def say(self, message: stdio.Downward) -> None:
        """Send a message; does nothing once the kiosk is gone. Waits for the last one only."""
        line = stdio.to_line(message)
        with self._changed:
            if self._gone:
                return
            if isinstance(message, _NEWEST_ONLY):
                self._waiting = [item for item in self._waiting if item[0] is not type(message)]
            self._waiting.append((type(message), line))
            self._changed.notify_all()
            if isinstance(message, stdio.Ended):
                self._changed.wait_for(self._all_said, LAST_WORD_S)

    def preview(self, jpeg: bytes) -> None:
        """Send a small camera picture; it is kept nowhere."""
        self.say(stdio.Preview(base64.b64encode(jpeg).decode("ascii")))

    def _read(self) -> None:
        try:
            for line in self._in:
                self._inbox.put(FromCandidate(self._clock.now(), stdio.upward(line)))
        except (stdio.BadLine, UnicodeDecodeError) as bug:
            self._inbox.put(StageCrashed("kiosk link", bug))
        except (OSError, ValueError):  # the pipe broke, or was closed on our side
            self._lost()
        else:
            self._lost()

    def _write(self) -> None:
        while (line := self._next_line()) is not None:
            try:
                self._out.write(line + "\n")
                self._out.flush()
            except (OSError, ValueError):
                self._lost()

    def _next_line(self) -> str | None:
        """Wait for something to say; None once the kiosk is gone."""
        with self._changed:
            self._writing = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting or self._gone)
            if self._gone:
                return None
            self._writing = True
            return self._waiting.pop(0)[1]

    def _all_said(self) -> bool:
        return self._gone or not (self._waiting or self._writing)

    def _lost(self) -> None:
        with self._changed:
            known, self._gone = self._gone, True
            self._changed.notify_all()
        if not known:
            self._inbox.put(KioskGone(self._clock.now()))


class NoKiosk:
    """Stands in where nobody is shown anything: warnings and troubles go to ``tell``."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._limits_told = False

    def start(self) -> None:
        """Nothing to listen to."""

    def say(self, message: stdio.Downward) -> None:
        """Print what a person at the terminal would want to know."""
        match message:
            case stdio.PhaseIs(phase, detail):
                self._tell(f"session: {phase.value}{f' ({detail})' if detail else ''}")
            case stdio.Notice() if message.limits and not self._limits_told:
                self._limits_told = True
                self._tell("limits on this computer:")
                for limit in message.limits:
                    self._tell(f"  {limit}")
            case stdio.Toast(rule, text):
                self._tell(f"{rule}: {text}")
            case stdio.Trouble(what, why, remedy, _):
                self._tell(f"{what}: {why}. {remedy}")
            case _:
                return

    def preview(self, jpeg: bytes) -> None:
        """Nobody looks."""
