"""From a journal to a proof: delivered to the endpoint, exported, and verified."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

from proctor_desktop.config import keys
from proctor_desktop.core.moment import Clock, rfc3339
from proctor_desktop.core.policy import Policy
from proctor_desktop.core.scoring import FULL_SCORE
from proctor_desktop.endpoint.server_key import PUBLIC_NAME
from proctor_desktop.export.package import write_package
from proctor_desktop.export.verify import Outcome, Trust, verify
from proctor_desktop.hosts.clock import boot_id
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.writer import Writer
from proctor_desktop.selftest.sitting import CANDIDATE, RULE, Written
from proctor_desktop.selftest.steps import StepFailed
from proctor_desktop.upload.client import Client
from proctor_desktop.upload.enrol import Identity
from proctor_desktop.upload.worker import UploadWorker
from proctor_desktop.wire import rest


def deliver(written: Written, endpoint_data: Path, clock: Clock) -> tuple[str, str]:
    """Enrol, upload everything and close the session at the endpoint.

    Returns the server's public key, as its own folder holds it, and what was seen. Raises
    StepFailed if anything did not arrive byte for byte, and PeerProblem if the endpoint refuses.
    """
    with ExitStack() as stack:
        writer = Writer(written.folder, boot_id())
        stack.callback(writer.close)
        reader = stack.enter_context(Reader(written.folder.path))
        client = Client(written.exam.exam.endpoint, written.folder.session)
        stack.callback(client.close)
        worker = UploadWorker(
            client, reader, writer, _identity(written), clock, _never, threading.Event()
        )
        worker.drain()
        reply = client.end(written.head)
        server_key = keys.public(str(endpoint_data / PUBLIC_NAME))
        return server_key, _checked(written, reader, client, reply, server_key)


def _identity(written: Written) -> Identity:
    return Identity(
        written.folder.session,
        written.folder.credentials(),
        written.exam.envelope,
        CANDIDATE,
        rfc3339(written.started.wall_utc),
    )


def _never(bug: BaseException) -> None:
    """The worker's thread is not started here, so it cannot crash."""
    raise bug


def _checked(
    written: Written, reader: Reader, client: Client, reply: rest.EndReply, server_key: str
) -> str:
    ours = [raw.decode("utf-8") for raw in reader.records()]
    if client.stored_records() != ours:
        raise StepFailed("the endpoint's records are not the journal's, byte for byte")
    if reader.delivery().pending or client.missing() or reply["missing"]:
        raise StepFailed(f"files did not arrive: {reply['missing'] or client.missing()}")
    if reader.fact("server_key") != server_key:
        raise StepFailed("the endpoint introduced itself with another key than its own")
    due = expected_score(written.exam.exam.policy)
    if reply["score"] != due:
        raise StepFailed(f"the endpoint computed a score of {reply['score']:g} instead of {due:g}")
    return f"{len(ours)} records and all files, score {reply['score']:g} ({reply['risk']})"


def expected_score(policy: Policy) -> float:
    """What a session with the one played violation comes to."""
    return FULL_SCORE - dict(policy.rules.items())[RULE].penalty


def export(written: Written, destination: Path, clock: Clock) -> str:
    """Write the evidence file; raises EnvironmentProblem or StepFailed."""
    with Reader(written.folder.path) as reader:
        summary = write_package(reader, destination, clock.now().wall_utc)
    if summary.missing or not summary.closed:
        raise StepFailed(f"the export is not whole: {summary}")
    return f"{summary.records} records, {summary.blobs} files, {summary.size_bytes} bytes"


def check_export(path: Path, institution_key: str, server_key: str) -> str:
    """The export must be VALID, and a copy with one changed byte must not; raises StepFailed."""
    trust = Trust((institution_key,), (server_key,))
    verdict = verify(path, trust)
    if verdict.outcome is not Outcome.VALID:
        raise StepFailed("; ".join(verdict.lines()))
    forged = path.with_name("forged.evidence")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    forged.write_bytes(content)
    if verify(forged, trust).outcome is not Outcome.INVALID:
        raise StepFailed("a copy with one changed byte was not found to be INVALID")
    return "VALID; a copy with one changed byte is INVALID"
