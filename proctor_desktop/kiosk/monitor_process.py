"""Monitor as a child process: messages in, messages out, and how it went."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from proctor_desktop.kiosk.lines import LineSplitter, parse
from proctor_desktop.kiosk.supervision import Exit
from proctor_desktop.wire import stdio

LAST_WORDS = 40
"""How many lines of stderr are kept for the help desk."""
EOF_PATIENCE_MS = 5_000
TERMINATE_PATIENCE_MS = 10_000

log = logging.getLogger(__name__)


class MonitorProcess(QObject):
    """One life of monitor after the other, each with the same command.

    ``started`` says that one is there to be spoken to, ``said`` carries a list of messages,
    ``garbled`` what was wrong with a line, ``gone`` an :class:`Exit`, ``not_started`` the reason.
    Monitor's stderr goes to our log line by line.
    """

    started = Signal()
    said = Signal(list)
    garbled = Signal(str)
    gone = Signal(object)
    not_started = Signal(str)

    def __init__(self, command: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program, *self._arguments = command
        self._process: QProcess | None = None
        self._out = LineSplitter()
        self._err = LineSplitter()
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._terminated = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._press)

    @property
    def running(self) -> bool:
        """Whether a monitor is there."""
        return self._process is not None

    def start(self) -> None:
        """Start a monitor; a second one beside a living one is a mistake of ours."""
        if self._process is not None:
            raise RuntimeError("monitor runs already")
        self._out, self._err = LineSplitter(), LineSplitter()
        self._last_words.clear()
        process = self._process = QProcess(self)
        process.started.connect(self.started)
        process.readyReadStandardOutput.connect(self._read_messages)
        process.readyReadStandardError.connect(self._read_log)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed)
        process.start(self._program, self._arguments)

    def send(self, message: stdio.Upward) -> bool:
        """Write ``message`` to monitor; False if there is none to hear it."""
        if self._process is None:
            return False
        line = stdio.to_line(message).encode("utf-8") + b"\n"
        return self._process.write(line) == len(line)

    def stop(self) -> None:
        """Let monitor go: end of input first, then a signal, then force; ``gone`` tells when."""
        if self._process is not None and not self._patience.isActive():
            self._terminated = False
            self._process.closeWriteChannel()
            self._patience.start(EOF_PATIENCE_MS)

    def _press(self) -> None:
        if self._process is None:
            return
        if self._terminated:
            log.warning("monitor did not end when asked to; it is stopped by force")
            self._process.kill()
            return
        self._terminated = True
        self._process.terminate()
        self._patience.start(TERMINATE_PATIENCE_MS)

    def _read_messages(self) -> None:
        if self._process is None:
            return
        data = self._process.readAllStandardOutput().data()
        messages, faults = parse(self._out.feed(bytes(data)))
        for fault in faults:
            log.error("monitor said something that is no message: %s", fault)
            self.garbled.emit(fault)
        if messages:
            self.said.emit(messages)

    def _read_log(self) -> None:
        if self._process is None:
            return
        data = self._process.readAllStandardError().data()
        self._keep(self._err.feed(bytes(data)))

    def _keep(self, lines: Sequence[bytes]) -> None:
        for line in lines:
            text = line.decode("utf-8", "replace")
            self._last_words.append(text)
            log.info("monitor: %s", text)

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read_messages()
        self._read_log()
        self._keep([rest for rest in (self._err.flush(),) if rest])
        torn = self._out.flush()
        if torn:
            log.warning("monitor went in the middle of a line of %d bytes", len(torn))
        self._forget()
        crashed = status is QProcess.ExitStatus.CrashExit
        self.gone.emit(Exit(code, crashed, tuple(self._last_words)))

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            why = self._process.errorString()
            self._forget()
            self.not_started.emit(why)

    def _forget(self) -> None:
        self._patience.stop()
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
