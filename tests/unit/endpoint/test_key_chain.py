"""From key to key, without a database."""

from __future__ import annotations

import pytest

from proctor_desktop.endpoint.key_chain import follow_keys
from proctor_desktop.endpoint.refusal import Refusal
from proctor_desktop.wire import dsse
from tests.fakes.sealed_session import SESSION_KEY, key, next_key

HASHES = {seq: f"{seq:064x}" for seq in range(1, 7)}
FIRST = dsse.public_hex(SESSION_KEY)


def checkpoint(
    epoch: int, seq: int, head: str = "", wall: str = "2026-01-01T00:00:00.000000Z"
) -> bytes:
    body = {
        "session": "s",
        "seq": seq,
        "head": head or HASHES[seq],
        "wall": wall,
        "next_key": dsse.public_hex(next_key(epoch + 1)),
    }
    return dsse.sign_json(next_key(epoch), dsse.CHECKPOINT, body)


def test_each_checkpoint_hands_over_to_the_next_key() -> None:
    envelopes = [checkpoint(0, 2), checkpoint(1, 5), checkpoint(2, 6)]
    followed = follow_keys("s", FIRST, {}, envelopes, HASHES)
    assert dict(followed.fresh) == dict(zip((2, 5, 6), envelopes, strict=True))
    assert followed.due_key == dsse.public_hex(next_key(3))


def test_what_is_known_is_not_taken_again() -> None:
    known = {2: checkpoint(0, 2), 5: checkpoint(1, 5)}
    due = dsse.public_hex(next_key(2))
    followed = follow_keys("s", due, known, [*known.values(), checkpoint(2, 6)], HASHES)
    assert list(followed.fresh) == [6]
    replayed = follow_keys("s", due, known, list(known.values()), {2: HASHES[2], 5: HASHES[5]})
    assert (dict(replayed.fresh), replayed.due_key) == ({}, due)


@pytest.mark.parametrize(
    ("envelopes", "why"),
    [
        ([], "last record"),
        ([checkpoint(0, 5)], "last record"),
        ([checkpoint(1, 6)], "key that is due"),
        ([checkpoint(0, 2), checkpoint(0, 6)], "key that is due"),
        ([checkpoint(0, 2), checkpoint(2, 6)], "key that is due"),
        ([checkpoint(0, 6), checkpoint(1, 2)], "not in order"),
        ([checkpoint(0, 6, head="0" * 64)], "does not cover"),
        ([checkpoint(0, 6, wall="noon")], "key that is due"),
        ([b"{}"], "no checkpoint"),
        ([dsse.sign_json(SESSION_KEY, dsse.CHECKPOINT, {"seq": True})], "names no record"),
    ],
)
def test_what_does_not_follow_is_refused(envelopes: list[bytes], why: str) -> None:
    with pytest.raises(Refusal, match=why):
        follow_keys("s", FIRST, {}, envelopes, HASHES)


def test_a_checkpoint_between_known_ones_is_refused() -> None:
    known = {6: checkpoint(0, 6)}
    with pytest.raises(Refusal, match="not the one that is here"):
        follow_keys("s", FIRST, known, [checkpoint(0, 4), known[6]], HASHES)


def test_another_session_is_refused() -> None:
    with pytest.raises(Refusal, match="does not cover"):
        follow_keys("another", FIRST, {}, [checkpoint(0, 6)], HASHES)
    with pytest.raises(Refusal, match="key that is due"):
        follow_keys("s", dsse.public_hex(key(9)), {}, [checkpoint(0, 6)], HASHES)
