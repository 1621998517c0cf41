"""Sending, after the exam, what did not get through during it.

What the session's keys have signed needs no key to be delivered: neither the one that would sign
next nor the one that asks for tokens. So a session that lost them, and cannot be gone on with, is
delivered up to its last checkpoint; what stands behind that is told.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from proctor_desktop.config.exam import SignedExam, open_envelope
from proctor_desktop.core.backoff import CAP_AFTER_EXAM_S, delay_s
from proctor_desktop.core.chain import EMPTY, Record, decode
from proctor_desktop.core.errors import EnvironmentProblem, PeerProblem
from proctor_desktop.core.policy import Delivery
from proctor_desktop.hosts.clock import SystemClock, boot_id
from proctor_desktop.journal import reserve, session_folder
from proctor_desktop.journal.database import Damaged
from proctor_desktop.journal.next_signer import why_unsignable
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.whole import make_whole
from proctor_desktop.journal.writer import Writer
from proctor_desktop.monitor.remaining import Remaining
from proctor_desktop.monitor.unsigned_tail import UnsignedTail, unsigned_tail
from proctor_desktop.upload.bandwidth import paced
from proctor_desktop.upload.client import Client, Conflict
from proctor_desktop.upload.enrol import Applicant, Identity, Opening
from proctor_desktop.upload.worker import UploadWorker

Say = Callable[[str], None]


def send_all(data: Path, say: Say, retry_refused: bool = False) -> Remaining:
    """Send what waits in every session of a data folder; returns how many items are left over.

    A session whose journal cannot be used counts as one. With ``retry_refused`` files go again that
    the endpoint has refused. What it has for certain is removed here where the exam says so.

    Raises EnvironmentProblem when a monitor is using the folder or there is no session in it.
    """
    session_folder.find(data)
    with session_folder.exclusive(data):
        left = (_try(folder, say, retry_refused) for folder in session_folder.existing(data))
        return sum(left, Remaining())


def until_delivered(
    send: Callable[[], Remaining],
    pause: Callable[[float], object] = time.sleep,
    draw: Callable[[], float] = random.random,
) -> Remaining:
    """Call ``send`` until nothing waits, however long that takes; what it returned then."""
    tried = 0
    while (left := send()).waiting:
        tried += 1
        pause(delay_s(tried, CAP_AFTER_EXAM_S, draw))
    return left


def _try(folder: SessionFolder, say: Say, retry_refused: bool) -> Remaining:
    """Send one session; one that is damaged must not keep the others from being sent."""
    try:
        return _send(folder, say, retry_refused)
    except Damaged as problem:
        say(f"{problem.what}: {problem.why}. Keep this folder for the institution.")
        return Remaining(stuck=1)
    except EnvironmentProblem as problem:
        say(str(problem))
        return Remaining(waiting=1)


def _send(folder: SessionFolder, say: Say, retry_refused: bool) -> Remaining:
    clock = SystemClock()
    make_whole(folder.path)
    reserve.give_up(folder.path)  # nothing is observed any more
    with ExitStack() as stack:
        reader = stack.enter_context(Reader(folder.path, check=False))
        if reader.head() == EMPTY:
            return Remaining()  # it was ended before its first record
        if not _agreed(reader):
            say(f"{folder.session}: the candidate has not agreed, so nothing is sent")
            return Remaining()
        signing = not why_unsignable(reader)
        writer = Writer(folder, boot_id(), check=False, signing=signing)
        stack.callback(writer.close)
        writer.reopen_ledger()
        if retry_refused and (again := writer.redrive()):
            say(f"{folder.session}: {again} refused files are sent again")
        if signing:
            writer.checkpoint(clock.now())
        signed = open_envelope(reader.exam_envelope(), str(folder.path / "exam.dsse"))
        applicant = _applicant(folder, reader, signed, say)
        if applicant is None:
            return _nothing_signed(folder, reader, say)
        asked = signed.exam.policy.delivery
        client = Client(signed.exam.endpoint, folder.session, paced(asked))
        stack.callback(client.close)
        crashed: list[BaseException] = []
        work = threading.Event()
        worker = UploadWorker(
            client, reader, writer, applicant, clock, crashed.append, work, CAP_AFTER_EXAM_S
        )
        return _deliver(folder, reader, worker, asked, say)


def _deliver(
    folder: SessionFolder, reader: Reader, worker: UploadWorker, asked: Delivery, say: Say
) -> Remaining:
    failed = _drain(folder, worker, say)
    counts, tail = reader.delivery(), unsigned_tail(reader)
    stuck = tail.items if tail else 0
    waiting = counts.pending - stuck
    say(f"{folder.session}: {counts.delivered} delivered, {waiting} waiting")
    for one in reader.refused():
        say(f"{folder.session}: kept here, refused: {one.type} {one.sha256} ({one.reason})")
    if tail is not None:
        say(f"{folder.session}: {tail}")
    if isinstance(failed, Conflict):  # it has other records: no other try changes that
        return Remaining(stuck=max(1, counts.pending))
    if waiting or failed:
        return Remaining(max(1, waiting), stuck)
    if tail is None and next(iter(reader.records_of(["session.close"])), None) is not None:
        return _close(folder, reader, worker, asked, say)
    return Remaining(stuck=stuck)


def _drain(folder: SessionFolder, worker: UploadWorker, say: Say) -> PeerProblem | None:
    """Send what can be sent now; what kept the rest from it."""
    try:
        worker.drain()
        if gone := worker.reconcile():
            say(f"{folder.session}: {gone} files are neither here nor at the endpoint")
    except PeerProblem as problem:
        say(f"{folder.session}: {problem}")
        return problem
    return None


def _close(
    folder: SessionFolder, reader: Reader, worker: UploadWorker, asked: Delivery, say: Say
) -> Remaining:
    """Hear the score; then let go here what may go. What is left to be done."""
    reply = worker.finish(reader.head())
    if reply is None:
        say(f"{folder.session}: it is not closed there: {worker.status.trouble or 'not all sent'}")
        return Remaining(waiting=1)
    say(f"{folder.session}: score {reply['score']:g}, risk {reply['risk']}")
    try:
        if collected := worker.collect(asked.keep_local_days):
            say(f"{folder.session}: {collected} delivered files were removed here")
    except (PeerProblem, EnvironmentProblem) as problem:
        say(f"{folder.session}: the local copies stay for now: {problem}")
    return Remaining()


def _agreed(reader: Reader) -> bool:
    consents = [decode(raw) for raw in reader.records_of(["consent"])]
    return bool(consents) and consents[-1].data["given"] is True


def _applicant(
    folder: SessionFolder, reader: Reader, signed: SignedExam, say: Say
) -> Applicant | None:
    """Who asks for a token: the session, or what it has signed; None if it has signed nothing."""
    opened: Record = decode(next(iter(reader.records_of(["session.open"]))))
    try:
        credentials = folder.credentials()
    except Damaged as problem:
        say(
            f"{folder.session}: {problem.what}: {problem.why}, so it cannot ask for a new token in "
            "its own name: where it needs one it is delivered like an export, and marked as late"
        )
        return _opening(folder, reader, signed)
    return Identity(
        folder.session, credentials, signed.envelope, opened.data["candidate"], opened.wall
    )


def _opening(folder: SessionFolder, reader: Reader, signed: SignedExam) -> Opening | None:
    first = next(iter(reader.checkpoints()), None)
    if first is None:
        return None
    seq, checkpoint = first
    return Opening(folder.session, signed.envelope, tuple(reader.records(0, seq)), checkpoint)


def _nothing_signed(folder: SessionFolder, reader: Reader, say: Say) -> Remaining:
    tail: UnsignedTail | None = unsigned_tail(reader)
    say(f"{folder.session}: {tail}")
    return Remaining(stuck=tail.items if tail else reader.delivery().pending)
