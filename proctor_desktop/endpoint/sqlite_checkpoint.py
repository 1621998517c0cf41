"""Moving SQLite's write-ahead log into the database, with nobody writing meanwhile.

Before 3.51.3, SQLite can damage a database when one connection checkpoints at the very moment
another restarts the log. So the request threads' connections never checkpoint
(``wal_autocheckpoint=0`` in the settings); this thread does, while a second connection of its own
holds the write lock. It also keeps the checkpoint's time out of the requests.
"""

from __future__ import annotations

import logging
import threading

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

INTERVAL_S = 5.0

log = logging.getLogger(__name__)


class Checkpointer(threading.Thread):
    """Checkpoints every few seconds until it is stopped; does nothing for other databases."""

    def __init__(self) -> None:
        super().__init__(name="endpoint-checkpoint")
        self._stopped = threading.Event()

    def run(self) -> None:
        """Use two connections of its own, made and closed in this thread."""
        if connection.vendor != "sqlite":
            return
        writer, copier = connection.copy(), connection.copy()
        try:
            while not self._stopped.wait(INTERVAL_S):
                _try_checkpoint(writer, copier)
        finally:
            copier.close()
            writer.close()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        self.join()


def checkpoint(writer: BaseDatabaseWrapper, copier: BaseDatabaseWrapper) -> tuple[int, int]:
    """Copy the log while ``writer`` keeps all others from writing.

    Returns the log's length and how much of it is copied, in pages. Raises OperationalError.
    """
    with writer.cursor() as lock, copier.cursor() as cursor:
        lock.execute("BEGIN IMMEDIATE")
        try:
            _, pages, copied = cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        finally:
            lock.execute("ROLLBACK")
    return pages, copied


def _try_checkpoint(writer: BaseDatabaseWrapper, copier: BaseDatabaseWrapper) -> None:
    try:
        checkpoint(writer, copier)
    except OperationalError as problem:
        log.warning("the database's log was not moved, and is tried again: %s", problem)
