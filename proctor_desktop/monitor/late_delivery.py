"""Sending, after the exam, what did not get through during it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from proctor_desktop.config.exam import open_envelope
from proctor_desktop.core.backoff import CAP_AFTER_EXAM_S, delay_s
from proctor_desktop.core.chain import EMPTY, Record, decode
from proctor_desktop.core.errors import EnvironmentProblem, PeerProblem
from proctor_desktop.core.policy import Delivery
from proctor_desktop.hosts.clock import SystemClock, boot_id
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.mend import mend
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from proctor_desktop.upload.bandwidth import paced
from proctor_desktop.upload.client import Client
from proctor_desktop.upload.enrol import Identity
from proctor_desktop.upload.worker import UploadWorker


def send_all(data: Path, say: Callable[[str], None], retry_refused: bool = False) -> int:
    """Send what waits in every session of a data folder; returns how many items still wait.

    A session whose journal is damaged counts as one. With ``retry_refused`` files go again that the
    endpoint has refused. What it has for certain is removed here where the exam says so.

    Raises EnvironmentProblem when a monitor is using the folder or there is no session in it.
    """
    session_folder.find(data)
    with session_folder.exclusive(data):
        return sum(_try(folder, say, retry_refused) for folder in session_folder.existing(data))


def until_delivered(
    send: Callable[[], int],
    pause: Callable[[float], object] = time.sleep,
    draw: Callable[[], float] = random.random,
) -> int:
    """Call ``send`` until nothing waits, however long that takes; 0, as it returned then."""
    tried = 0
    while waiting := send():
        tried += 1
        pause(delay_s(tried, CAP_AFTER_EXAM_S, draw))
    return waiting


def _try(folder: SessionFolder, say: Callable[[str], None], retry_refused: bool) -> int:
    """Send one session; one that is damaged must not keep the others from being sent."""
    try:
        return _send(folder, say, retry_refused)
    except EnvironmentProblem as problem:
        say(f"{problem.what}: {problem.why}. {problem.remedy}")
        return 1


def _send(folder: SessionFolder, say: Callable[[str], None], retry_refused: bool) -> int:
    clock = SystemClock()
    mend(folder.path)
    with ExitStack() as stack:
        writer = Writer(folder, boot_id(), check=False)
        stack.callback(writer.close)
        reader = stack.enter_context(Reader(folder.path, check=False))
        if reader.head() == EMPTY:
            return 0  # it was ended before its first record
        if not _agreed(reader):
            say(f"{folder.session}: the candidate has not agreed, so nothing is sent")
            return 0
        writer.reopen_ledger()
        if retry_refused and (again := writer.redrive()):
            say(f"{folder.session}: {again} refused files are sent again")
        writer.checkpoint(clock.now())
        signed = open_envelope(folder.exam_envelope(), str(folder.path / "exam.dsse"))
        asked = signed.exam.policy.delivery
        client = Client(signed.exam.endpoint, folder.session, paced(asked))
        stack.callback(client.close)
        identity = _identity(folder, reader, signed.envelope)
        crashed: list[BaseException] = []
        work = threading.Event()
        worker = UploadWorker(
            client, reader, writer, identity, clock, crashed.append, work, CAP_AFTER_EXAM_S
        )
        return _deliver(folder, reader, worker, asked, say)


def _deliver(
    folder: SessionFolder,
    reader: Reader,
    worker: UploadWorker,
    asked: Delivery,
    say: Callable[[str], None],
) -> int:
    try:
        worker.drain()
        if gone := worker.reconcile():
            say(f"{folder.session}: {gone} files are neither here nor at the endpoint")
    except PeerProblem as problem:
        say(f"{folder.session}: {problem}")
    counts = reader.delivery()
    say(f"{folder.session}: {counts.delivered} delivered, {counts.pending} waiting")
    for one in reader.refused():
        say(f"{folder.session}: kept here, refused: {one.type} {one.sha256} ({one.reason})")
    closed = next(iter(reader.records_of(["session.close"])), None)
    if counts.pending == 0 and closed is not None:
        _close(folder, reader, worker, asked, say)
    return counts.pending


def _close(
    folder: SessionFolder,
    reader: Reader,
    worker: UploadWorker,
    asked: Delivery,
    say: Callable[[str], None],
) -> None:
    """Hear the score; then let go here what may go."""
    reply = worker.finish(reader.head())
    if reply is None:
        return
    say(f"{folder.session}: score {reply['score']:g}, risk {reply['risk']}")
    try:
        if collected := worker.collect(asked.keep_local_days):
            say(f"{folder.session}: {collected} delivered files were removed here")
    except PeerProblem as problem:
        say(f"{folder.session}: the local copies stay for now: {problem}")


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
