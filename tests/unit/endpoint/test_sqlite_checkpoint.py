from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from proctor_desktop.endpoint.sqlite_checkpoint import Checkpointer, checkpoint


@pytest.fixture
def connections(tmp_path: Path) -> Iterator[list[BaseDatabaseWrapper]]:
    """Three connections to a database of this test's own."""
    found = [connection.copy() for _ in range(3)]
    for one in found:
        one.settings_dict["NAME"] = str(tmp_path / "log.sqlite3")
        one.settings_dict["OPTIONS"]["timeout"] = 0.05
    yield found
    for one in found:
        one.close()


def write(one: BaseDatabaseWrapper) -> None:
    with one.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS t (x)")
        cursor.execute("INSERT INTO t VALUES (randomblob(100000))")


def test_the_log_is_moved_and_does_not_grow(connections: list[BaseDatabaseWrapper]) -> None:
    client, writer, copier = connections
    log = Path(f"{client.settings_dict['NAME']}-wal")
    write(client)
    pages, copied = checkpoint(writer, copier)
    assert 0 < pages == copied
    size_bytes = log.stat().st_size
    for _ in range(5):
        write(client)
        checkpoint(writer, copier)
    assert log.stat().st_size <= 2 * size_bytes


def test_request_connections_leave_the_log_alone(connections: list[BaseDatabaseWrapper]) -> None:
    client = connections[0]
    log = Path(f"{client.settings_dict['NAME']}-wal")
    for _ in range(60):
        write(client)
    assert log.stat().st_size > 60 * 100_000


def test_nothing_is_moved_while_somebody_writes(connections: list[BaseDatabaseWrapper]) -> None:
    client, writer, copier = connections
    write(client)
    with client.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            checkpoint(writer, copier)
        cursor.execute("ROLLBACK")
    assert checkpoint(writer, copier)[1] > 0


def test_the_thread_can_be_stopped() -> None:
    thread = Checkpointer()
    thread.start()
    thread.stop()
    assert not thread.is_alive()
