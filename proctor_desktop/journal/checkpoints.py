"""Signed ends of the chain: when one is due, and how one is kept."""

from __future__ import annotations

from sqlite_utils import Database

from proctor_desktop.core.chain import Head
from proctor_desktop.core.moment import NS_PER_S, Moment, rfc3339
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.signing_keys import Pair
from proctor_desktop.wire import dsse, rest

CHECKPOINT_EVERY_RECORDS = 50
CHECKPOINT_EVERY_S = 10.0


def is_due(unsigned: int, signed_at_ns: int | None, now_ns: int) -> bool:
    """Whether so many records without one, or so long a time since the last, want another."""
    if signed_at_ns is None:
        return True
    waited_s = (now_ns - signed_at_ns) / NS_PER_S
    return waited_s >= CHECKPOINT_EVERY_S or unsigned >= CHECKPOINT_EVERY_RECORDS


def signed_seq(db: Database) -> int:
    """The last record that one covers; 0 without any."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM checkpoints").fetchone()[0])


def key_due(db: Database, folder: SessionFolder) -> str:
    """The public key that the last committed checkpoint names, or the registered one."""
    row = db.execute("SELECT envelope FROM checkpoints ORDER BY seq DESC LIMIT 1").fetchone()
    return str(dsse.peek(row[0])["next_key"]) if row else folder.session_key()


def sign(db: Database, session: str, head: Head, moment: Moment, keys: Pair) -> None:
    """Sign ``head`` with the key that is due."""
    body: rest.CheckpointPayload = {
        "session": session,
        "seq": head.seq,
        "head": head.hash,
        "wall": rfc3339(moment.wall_utc),
        "next_key": keys.next_key,
    }
    envelope = dsse.sign_json(keys.due, dsse.CHECKPOINT, body)
    db.execute("INSERT INTO checkpoints VALUES (?, ?)", (head.seq, envelope))
