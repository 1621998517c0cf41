"""Letting local copies go: only what the endpoint has beyond doubt, and only as the exam allows."""

from __future__ import annotations

from datetime import datetime, timedelta

from proctor_desktop.core.moment import from_rfc3339
from proctor_desktop.journal.ledger import State
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.writer import Writer
from proctor_desktop.upload.client import Client
from proctor_desktop.wire import dsse


def collect(
    client: Client, reader: Reader, writer: Writer, server_key: str, keep_local_days: float | None
) -> int:
    """Remove files that may go from this computer; returns how many.

    A file may when a receipt that holds covers the record that names it, the endpoint confirmed the
    file and, asked now, does not miss it, and ``keep_local_days`` have passed since the last
    receipt. Both times are the endpoint's: whatever this computer's clock says, nothing goes early.
    The records stay. Raises PeerProblem.
    """
    witnessed = _last_receipt(reader, server_key)
    if keep_local_days is None or witnessed is None:
        return 0
    seq, received = witnessed
    reply = client.reconcile()
    if _time(reply["server_time"]) - received < timedelta(days=keep_local_days):
        return 0
    missing = frozenset(reply["missing"])
    writer.release(seq, missing)
    collectable = reader.blobs_in(State.COLLECTABLE)
    return sum(_remove(reader, writer, name, missing) for name in collectable)


def _remove(reader: Reader, writer: Writer, sha256: str, missing: frozenset[str]) -> bool:
    if sha256 in missing:  # released earlier, and lost by the endpoint since
        writer.mark(sha256, State.PENDING)
        return False
    path = reader.blob_path(sha256)
    try:
        if path is not None:
            path.unlink(missing_ok=True)
    except OSError:
        return False  # in use, say: it stays collectable, and the next time may do
    writer.mark(sha256, State.COLLECTED)
    return True


def _last_receipt(reader: Reader, server_key: str) -> tuple[int, datetime] | None:
    """The furthest receipt that holds: what it covers, and when it was given."""
    for seq, envelope in reversed(list(reader.receipts())):
        try:
            body = dsse.verify(envelope, dsse.RECEIPT, [server_key]).json()
            if (body.get("session"), body.get("seq")) == (reader.session, seq):
                return seq, from_rfc3339(str(body.get("server_time")))
        except (dsse.BadEnvelope, ValueError):
            continue
    return None


def _time(text: str) -> datetime:
    """The endpoint's time; one that is none keeps everything here."""
    try:
        return from_rfc3339(text)
    except ValueError:
        return from_rfc3339("1970-01-01T00:00:00.000000Z")
