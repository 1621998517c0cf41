"""Sending no faster than the exam allows, and evenly: the candidate's exam shares the line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.core.policy import Delivery

PIECE_BYTES = 4096


class Bandwidth:
    """Lets ``bytes_per_s`` through, in pieces of at most 4 KiB.

    ``now_ns`` reads a monotonic clock, ``pause`` waits so many seconds.
    """

    def __init__(
        self, bytes_per_s: int, now_ns: Callable[[], int], pause: Callable[[float], object]
    ) -> None:
        self._bytes_per_s = bytes_per_s
        self._now_ns = now_ns
        self._pause = pause
        self._free_ns = 0

    def take(self, size_bytes: int) -> None:
        """Wait until what went before is through, then account for ``size_bytes``.

        Time that was not used is not saved up: a long silence is no reason for a burst.
        """
        now_ns = self._now_ns()
        if self._free_ns > now_ns:
            self._pause((self._free_ns - now_ns) / NS_PER_S)
        begun_ns = max(now_ns, self._free_ns)
        self._free_ns = begun_ns + size_bytes * NS_PER_S // self._bytes_per_s


def paced(asked: Delivery) -> Bandwidth | None:
    """What the exam allows, in real time; None where it sets no limit."""
    if asked.bytes_per_s is None:
        return None
    return Bandwidth(asked.bytes_per_s, time.monotonic_ns, time.sleep)


class Paced:
    """A body of known length that is read only as fast as it may be sent."""

    def __init__(self, body: BinaryIO, size_bytes: int, bandwidth: Bandwidth) -> None:
        self._body = body
        self._size_bytes = size_bytes
        self._bandwidth = bandwidth

    def __len__(self) -> int:
        """Bytes in all; it becomes the ``Content-Length``."""
        return self._size_bytes

    def read(self, size: int = -1) -> bytes:
        """At most a piece; empty at the end."""
        piece = self._body.read(PIECE_BYTES if size < 0 else min(size, PIECE_BYTES))
        if piece:
            self._bandwidth.take(len(piece))
        return piece

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read():
            yield piece
