"""Following a session from key to key: each checkpoint names the only one that signs the next.

A checkpoint over an old span that a later key signed is refused like any other forgery: whoever
takes a computer over holds that later key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from proctor_desktop.core.chain import is_sha256
from proctor_desktop.core.moment import from_rfc3339
from proctor_desktop.endpoint.refusal import Refusal
from proctor_desktop.wire import dsse

_BAD = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Followed:
    """The checkpoints that are new, by the record that each covers, and the key due after them."""

    fresh: Mapping[int, bytes]
    due_key: str


def follow_keys(
    session: str,
    due_key: str,
    known: Mapping[int, bytes],
    envelopes: Sequence[bytes],
    hashes: Mapping[int, str],
) -> Followed:
    """Check a batch's checkpoints in order; raises Refusal (422).

    ``known`` holds the stored envelopes from the batch's first record on, ``hashes`` its records'
    hashes. What is stored must come again as it was; what comes behind it must be signed by the
    key that is due.
    """
    fresh: dict[int, bytes] = {}
    before = 0
    for envelope in envelopes:
        seq = _seq(envelope)
        if seq <= before:
            raise Refusal(_BAD, "The checkpoints are not in order.")
        before = seq
        if known.get(seq) == envelope:
            continue
        if seq <= max(known, default=0):
            raise Refusal(_BAD, f"The checkpoint at record {seq} is not the one that is here.")
        due_key = _next_key(session, due_key, envelope, hashes)
        fresh[seq] = envelope
    if not hashes or before != max(hashes):
        raise Refusal(_BAD, "The last checkpoint does not cover the batch's last record.")
    return Followed(fresh, due_key)


def _seq(envelope: bytes) -> int:
    try:
        seq = dsse.peek(envelope).get("seq")
    except dsse.BadEnvelope as problem:
        raise Refusal(_BAD, f"This is no checkpoint: {problem}.") from problem
    if type(seq) is not int:
        raise Refusal(_BAD, "This is no checkpoint: it names no record.")
    return seq


def _next_key(session: str, due_key: str, envelope: bytes, hashes: Mapping[int, str]) -> str:
    """The key that a genuine checkpoint hands over to."""
    try:
        stated = dsse.verify(envelope, dsse.CHECKPOINT, [due_key]).json()
        from_rfc3339(stated["wall"])
        next_key = stated["next_key"]
        if not isinstance(next_key, str) or not is_sha256(next_key) or next_key == due_key:
            raise dsse.BadEnvelope("it does not hand over to a new key")
    except (dsse.BadEnvelope, KeyError, TypeError, ValueError) as problem:
        detail = f"The checkpoint is not signed by the key that is due: {problem}."
        raise Refusal(_BAD, detail) from problem
    seq = stated["seq"]
    if (stated.get("session"), stated.get("head")) != (session, hashes.get(seq)):
        raise Refusal(_BAD, f"The checkpoint does not cover the batch's record {seq}.")
    return next_key
