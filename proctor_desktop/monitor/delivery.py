"""The end of a session: give the upload its time, hear the score, write the export."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from proctor_desktop.core.chain import Head
from proctor_desktop.core.errors import EnvironmentProblem, PeerProblem
from proctor_desktop.export.package import write_package
from proctor_desktop.journal.ledger import Counts
from proctor_desktop.journal.reader import Reader
from proctor_desktop.upload.worker import UploadWorker
from proctor_desktop.wire import rest

POLL_S = 0.1
PATIENCE_ONLINE_S = 120.0
PATIENCE_OFFLINE_S = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a session ended: where its export is, what the server says, what still waits."""

    export: Path
    counts: Counts
    reply: rest.EndReply | None
    trouble: str


def deliver(
    reader: Reader,
    worker: UploadWorker,
    head: Head,
    destination: Path,
    now: datetime,
    show: Callable[[], None],
    hurry: Callable[[], bool],
    keep_local_days: float | None = None,
) -> Outcome:
    """Wait while the upload gets on, close the session at the endpoint, write the export.

    ``show`` is called while waiting; ``hurry`` says that somebody does not want to wait any more.
    The export is written behind the delivery, so that it holds every receipt there is, and before
    any local copy goes, so that it holds every file.
    """
    hurried = _wait(reader, worker, show, hurry)
    worker.stop(0.0 if hurried else 10.0)
    reply = worker.finish(head) if reader.delivery().pending == 0 else None
    summary = write_package(reader, destination, now)
    trouble = "waiting was broken off" if hurried else worker.status.trouble
    if reply is not None:
        _collect(worker, keep_local_days)
    return Outcome(summary.path, reader.delivery(), reply, trouble)


def _collect(worker: UploadWorker, keep_local_days: float | None) -> None:
    try:
        worker.collect(keep_local_days)
    except (PeerProblem, EnvironmentProblem) as problem:
        log.info("the local copies stay for now: %s", problem)


def _wait(
    reader: Reader, worker: UploadWorker, show: Callable[[], None], hurry: Callable[[], bool]
) -> bool:
    """Returns whether somebody did not want to wait until the end."""
    began = last_progress = time.monotonic()
    pending = reader.delivery().pending
    while pending and not hurry() and time.monotonic() - began < PATIENCE_ONLINE_S:
        worker.wake()
        time.sleep(POLL_S)
        show()
        before, pending = pending, reader.delivery().pending
        if pending < before:
            last_progress = time.monotonic()
        if not worker.status.online and time.monotonic() - last_progress > PATIENCE_OFFLINE_S:
            return False
    return hurry()
