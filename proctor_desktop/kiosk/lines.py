"""Bytes from a pipe to messages: lines may come in any pieces, and the newest picture wins."""

from __future__ import annotations

from collections.abc import Sequence

from proctor_desktop.wire import stdio

MAX_LINE_BYTES = 4 * 1024 * 1024


class LineSplitter:
    """Cuts a stream into lines at its line feeds, whatever pieces it arrives in.

    A line that never ends is let go in parts of :data:`MAX_LINE_BYTES`, so that a broken writer
    cannot fill the memory; the parts then fail to parse and are reported as what they are.
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that ``data`` completes, without their ends; empty lines are left out."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_LINE_BYTES:
            lines.append(self._rest)
            self._rest = b""
        return [line for line in (one.rstrip(b"\r") for one in lines) if line]

    def flush(self) -> bytes:
        """What stands there without an end: a writer that died in the middle of a line."""
        rest, self._rest = self._rest, b""
        return rest


def parse(lines: Sequence[bytes]) -> tuple[list[stdio.Downward], list[str]]:
    """The messages in ``lines`` and, in words, what was wrong with the lines that are none."""
    messages: list[stdio.Downward] = []
    faults: list[str] = []
    for line in lines:
        try:
            messages.append(stdio.downward(line.decode("utf-8")))
        except ValueError as problem:  # a BadLine, bytes that are no UTF-8, or no known phase
            faults.append(str(problem))
    return newest(messages), faults


def newest(messages: Sequence[stdio.Downward]) -> list[stdio.Downward]:
    """``messages`` with only the last preview and the last snapshot of the batch.

    They show the present; a window that fell behind must not play them back one by one.
    """
    last = {type(message): place for place, message in enumerate(messages)}
    return [
        message
        for place, message in enumerate(messages)
        if not isinstance(message, stdio.Preview | stdio.Snapshot) or last[type(message)] == place
    ]
