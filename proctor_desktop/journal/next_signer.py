"""How far a session is signed, and whether anybody can sign the rest."""

from __future__ import annotations

from proctor_desktop.journal.database import Damaged
from proctor_desktop.journal.reader import Reader
from proctor_desktop.wire import dsse


def why_unsignable(reader: Reader) -> str:
    """Why nobody can sign the session's next checkpoint; empty if it can be signed.

    One key can, that which the last checkpoint names. No older one is kept for this, since whoever
    has it could sign the past anew.
    """
    last = b""
    for _, envelope in reader.checkpoints():
        last = envelope
    try:
        due = str(dsse.peek(last)["next_key"]) if last else reader.session_key()
    except (dsse.BadEnvelope, KeyError) as problem:
        return f"its last checkpoint is none ({problem})"
    except Damaged as problem:
        return problem.why
    return "" if reader.signing_key(due) else "the key that has to sign next is gone"


def signed_seq(reader: Reader) -> int:
    """The last record that a checkpoint covers, up to the first that is none; 0 without any."""
    covered = 0
    for seq, envelope in reader.checkpoints():
        if not is_envelope(envelope):
            break
        covered = seq
    return covered


def is_envelope(checkpoint: bytes) -> bool:
    """Whether it can be read at all; the disk may have changed it."""
    try:
        dsse.peek(checkpoint)
    except dsse.BadEnvelope:
        return False
    return True
