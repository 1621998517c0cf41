"""A session, its upload worker and the endpoint that it sends to, joined for a test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from proctor_desktop.upload.client import Client
from proctor_desktop.upload.enrol import Identity
from proctor_desktop.upload.worker import UploadWorker
from tests.fakes.endpoint import FakeEndpoint
from tests.fakes.sessions import BOOT

PATIENCE_S = 5.0


@dataclass
class Delivery:
    """Everything that takes part; ``crashes`` holds what the worker's thread died of."""

    folder: SessionFolder
    writer: Writer
    reader: Reader
    client: Client
    worker: UploadWorker
    endpoint: FakeEndpoint
    crashes: list[BaseException] = field(default_factory=list)

    def delivered(self) -> bool:
        """Whether nothing waits any more."""
        return self.reader.delivery().pending == 0


@contextmanager
def delivering(folder: SessionFolder, endpoint: FakeEndpoint) -> Iterator[Delivery]:
    """A worker for the session that is stopped at the end, with waits of milliseconds."""
    work, crashes = threading.Event(), list[BaseException]()
    with ExitStack() as stack:
        writer = Writer(folder, BOOT, committed=work.set)
        stack.callback(writer.close)
        reader = stack.enter_context(Reader(folder.path))
        sending = stack.enter_context(Reader(folder.path))
        client = Client(endpoint.url, folder.session)
        stack.callback(client.close)
        identity = Identity(
            folder.session,
            folder.credentials(),
            b'{"payload":"an exam"}',
            {"name": "Ada Example", "email": "ada@example.edu"},
            "2026-01-01T00:00:00.000000Z",
        )
        worker = UploadWorker(
            client, sending, writer, identity, SystemClock(), crashes.append, work, cap_s=0.01
        )
        stack.callback(worker.stop, PATIENCE_S)
        yield Delivery(folder, writer, reader, client, worker, endpoint, crashes)


def eventually(condition: Callable[[], object]) -> bool:
    """Whether the condition comes true before patience ends; looks every few milliseconds."""
    pause = threading.Event()
    for _ in range(round(PATIENCE_S / 0.003)):
        if condition():
            return True
        pause.wait(0.003)
    return bool(condition())
