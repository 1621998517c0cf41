"""A place for one thing, where the newest wins: how a fast producer meets a slow consumer."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Holds at most one item. What is replaced before anybody took it is counted, not kept."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._item: T | None = None
        self._skipped = 0
        self._closed = False

    def put(self, item: T) -> None:
        """Offer ``item``; it replaces one that still waits. After ``close`` it is dropped."""
        with self._condition:
            if self._closed:
                return
            if self._item is not None:
                self._skipped += 1
            self._item = item
            self._condition.notify()

    def take(self, timeout_s: float | None = None) -> T | None:
        """Wait for an item and take it; None when the time is over or the slot is closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._item is not None or self._closed, timeout_s)
            item, self._item = self._item, None
            return item

    def close(self) -> None:
        """No more items come: everybody who waits gets what is there, then None."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    @property
    def closed(self) -> bool:
        """Whether the slot was closed."""
        with self._condition:
            return self._closed

    @property
    def skipped(self) -> int:
        """How many items were replaced before anybody took them, since the beginning."""
        with self._condition:
            return self._skipped
