"""Sending, after the exam, what did not get through during it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from proctor_desktop.config.exam import open_envelope
from proctor_desktop.core.chain import EMPTY, Record, decode
from proctor_desktop.core.errors import EnvironmentProblem, PeerProblem
from proctor_desktop.hosts.clock import SystemClock, boot_id
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from proctor_desktop.upload.client import Client
from proctor_desktop.upload.enrol import Identity
from proctor_desktop.upload.worker import UploadWorker


def send_all(data: Path, say: Callable[[str], None]) -> int:
    """Send what waits in every session of a data folder; returns how many items still wait.

    A session whose journal is damaged counts as one.

    Raises EnvironmentProblem when a monitor is using the folder or there is no session in it.
    """
    session_folder.find(data)
    with session_folder.exclusive(data):
        return sum(_try(folder, say) for folder in session_folder.existing(data))


def _try(folder: SessionFolder, say: Callable[[str], None]) -> int:
    """Send one session; one that is damaged must not keep the others from being sent."""
    try:
        return _send(folder, say)
    except EnvironmentProblem as problem:
        say(f"{problem.what}: {problem.why}. {problem.remedy}")
        return 1


def _send(folder: SessionFolder, say: Callable[[str], None]) -> int:
    clock = SystemClock()
    with ExitStack() as stack:
        writer = Writer(folder, boot_id())
        stack.callback(writer.close)
        reader = stack.enter_context(Reader(folder.path))
        if reader.head() == EMPTY:
            return 0  # it was ended before its first record
        if not _agreed(reader):
            say(f"{folder.session}: the candidate has not agreed, so nothing is sent")
            return 0
        writer.reopen_ledger()
        writer.checkpoint(clock.now())
        signed = open_envelope(folder.exam_envelope(), str(folder.path / "exam.dsse"))
        client = Client(signed.exam.endpoint, folder.session)
        stack.callback(client.close)
        identity = _identity(folder, reader, signed.envelope)
        crashed: list[BaseException] = []
        work = threading.Event()
        worker = UploadWorker(client, reader, writer, identity, clock, crashed.append, work)
        return _deliver(folder, reader, worker, say)


def _deliver(
    folder: SessionFolder, reader: Reader, worker: UploadWorker, say: Callable[[str], None]
) -> int:
    try:
        worker.drain()
    except PeerProblem as problem:
        say(f"{folder.session}: {problem}")
    counts = reader.delivery()
    say(f"{folder.session}: {counts.delivered} delivered, {counts.pending} waiting")
    closed = next(iter(reader.records_of(["session.close"])), None)
    if counts.pending == 0 and closed is not None:
        reply = worker.finish(reader.head())
        if reply is not None:
            say(f"{folder.session}: score {reply['score']:g}, risk {reply['risk']}")
    return counts.pending


def _agreed(reader: Reader) -> bool:
    consents = [decode(raw) for raw in reader.records_of(["consent"])]
    return bool(consents) and consents[-1].data["given"] is True


def _identity(folder: SessionFolder, reader: Reader, envelope: bytes) -> Identity:
    opened: Record = decode(next(iter(reader.records_of(["session.open"]))))
    return Identity(
        folder.session,
        folder.credentials(),
        envelope,
        opened.data["candidate"],
        opened.wall,
    )
