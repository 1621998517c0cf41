"""The record's bytes and the chain that binds them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proctor_desktop.core.chain import (
    EMPTY,
    GENESIS,
    BlobRef,
    BrokenChain,
    Head,
    decode,
    digest,
    encode,
    follow,
    has_no_blobs,
    is_sha256,
    kind_at_a_glance,
)
from proctor_desktop.core.moment import Moment

SESSION = "6f0c9f4e-3d0b-4d5e-9a51-0d6d3a1f2b10"
NOW = Moment(7_000_000_000, datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
STILL = BlobRef(digest(b"a still"), "image/jpeg", 7)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
data = st.dictionaries(text, json_values, max_size=4)
blobs = st.lists(
    st.builds(
        BlobRef,
        st.binary().map(digest),
        text,
        st.integers(0, 2**40),
        st.just("") | st.binary().map(digest),
    ),
    max_size=3,
)
moments = st.builds(
    Moment,
    st.integers(0, 2**62),
    st.datetimes(datetime(2000, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),
)


def record(**changes: Any) -> bytes:
    """A good record with some fields changed."""
    body = json.loads(encode(SESSION, EMPTY, NOW, "boot", "heartbeat", {"n": 1}, [STILL]))
    return json.dumps({**body, **changes}).encode()


@given(data, blobs, moments, text)
def test_what_is_encoded_decodes_to_the_same(
    what: dict[str, Any], named: list[BlobRef], moment: Moment, kind: str
) -> None:
    raw = encode(SESSION, EMPTY, moment, "boot", kind, what, named)
    found = decode(raw)
    assert (found.session, found.seq, found.prev, found.boot) == (SESSION, 1, GENESIS, "boot")
    assert (found.kind, found.data, list(found.blobs)) == (kind, what, named)
    assert found.mono_ns == moment.mono_ns
    assert (found.raw, found.hash) == (raw, digest(raw))


@given(st.lists(data, min_size=1, max_size=6))
def test_records_that_were_encoded_after_one_another_follow_one_another(
    all_data: list[dict[str, Any]],
) -> None:
    head = written = EMPTY
    for what in all_data:
        raw = encode(SESSION, written, NOW, "boot", "x", what)
        written = Head(written.seq + 1, digest(raw))
        head = follow(head, decode(raw))
    assert head == written
    assert head.seq == len(all_data)


@settings(max_examples=200)
@given(st.data())
def test_a_change_of_any_byte_of_any_record_but_the_last_is_detected(draw: st.DataObject) -> None:
    chain, head = [], EMPTY
    for number in range(3):
        chain.append(encode(SESSION, head, NOW, "boot", "x", {"number": number}, [STILL]))
        head = Head(head.seq + 1, digest(chain[-1]))
    victim = draw.draw(st.integers(0, 1))
    position = draw.draw(st.integers(0, len(chain[victim]) - 1))
    flip = draw.draw(st.integers(1, 255))
    changed = bytearray(chain[victim])
    changed[position] ^= flip
    chain[victim] = bytes(changed)
    with pytest.raises(BrokenChain):
        reduce(lambda walked, raw: follow(walked, decode(raw)), chain, EMPTY)


def test_a_change_of_the_last_record_shows_in_the_head_that_was_signed() -> None:
    raw = encode(SESSION, EMPTY, NOW, "boot", "x", {"score": 1})
    forged = raw.replace(b'"score":1', b'"score":2')
    assert follow(EMPTY, decode(forged)) != Head(1, digest(raw))


def test_a_record_that_was_left_out_is_noticed_by_its_number() -> None:
    first = encode(SESSION, EMPTY, NOW, "boot", "x", {})
    second = encode(SESSION, Head(1, digest(first)), NOW, "boot", "x", {})
    with pytest.raises(BrokenChain, match="record 2 stands where 1 is expected"):
        follow(EMPTY, decode(second))


def test_a_record_from_another_chain_is_noticed_by_its_predecessor() -> None:
    stranger = encode(SESSION, Head(0, digest(b"another")), NOW, "boot", "x", {})
    with pytest.raises(BrokenChain, match="'prev' differs"):
        follow(EMPTY, decode(stranger))


def test_the_bytes_are_compact_utf8_and_keep_the_order_of_the_fields() -> None:
    raw = encode(SESSION, EMPTY, NOW, "boot", "consent", {"name": "Zoë"})
    assert raw.startswith(b'{"v":1,"session":"6f0c9f4e-')
    assert '"Zoë"'.encode() in raw
    assert list(json.loads(raw)) == [
        "v", "session", "seq", "prev", "wall", "mono_ns", "boot", "kind", "data", "blobs",
    ]  # fmt: skip


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_does_not_have_are_refused_when_writing(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        encode(SESSION, EMPTY, NOW, "boot", "x", {"level": value})


def test_a_program_name_that_is_no_text_does_not_keep_a_record_away() -> None:
    raw = encode(SESSION, EMPTY, NOW, "boot", "x", {"application": "note\udce9s"})
    assert decode(raw).data["application"] == "note?s"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"v":1}',
        record(extra=1),
        record(v=2),
        record(v=True),
        record(seq="1"),
        record(seq=1.0),
        record(seq=None),
        record(data=[]),
        record(mono_ns=False),
        record(wall="2026-11-20 09:00"),
        record(wall="2026-11-20T09:00:00Z"),
        record(wall="2026-11-20T9:0:0.0Z"),
        record(blobs=[{}]),
        record(blobs=[1]),
        record(blobs=[{"sha256": "A" * 64, "type": "image/jpeg", "size": 1}]),
        record(blobs=[{"sha256": "0" * 63, "type": "image/jpeg", "size": 1}]),
        record(blobs=[{"sha256": 0, "type": "image/jpeg", "size": 1}]),
        record(blobs=[{"sha256": GENESIS, "type": 1, "size": 1}]),
        record(blobs=[{"sha256": GENESIS, "type": "image/jpeg", "size": -1}]),
        record(blobs=[{"sha256": GENESIS, "type": "image/jpeg", "size": 1.5}]),
        record(blobs=[{"sha256": GENESIS, "type": "image/jpeg", "size": True}]),
        record(blobs=[{"sha256": GENESIS, "type": "image/jpeg", "size": 1, "path": "/"}]),
        record().replace(b'"n": 1', b'"n": NaN'),
        record().replace(b'"n": 1', b'"n": -Infinity'),
        record().replace(b'"n": 1', b'"n": 1, "n": 2'),
    ],
)  # fmt: skip
def test_bytes_that_are_no_record_are_refused(raw: bytes) -> None:
    with pytest.raises(BrokenChain):
        decode(raw)


def test_a_key_that_stands_twice_is_refused_at_the_top_too() -> None:
    with pytest.raises(BrokenChain, match="stands twice"):
        decode(b'{"v":1,' + record()[1:])


def test_the_refusal_names_the_field() -> None:
    with pytest.raises(BrokenChain, match="'boot'"):
        decode(record(boot=5))


@given(st.text(max_size=70))
def test_only_64_lower_case_hex_digits_are_a_sha256(candidate: str) -> None:
    plain = len(candidate) == 64 and set(candidate) <= set("0123456789abcdef")
    assert is_sha256(candidate) == plain
    assert is_sha256(digest(candidate.encode("utf-8", "replace")))


def test_wall_time_is_written_in_utc_with_microseconds() -> None:
    later = Moment(1, NOW.wall_utc + timedelta(microseconds=5))
    assert decode(encode(SESSION, EMPTY, later, "b", "x", {})).wall == "2026-11-20T09:00:00.000005Z"


@given(data, blobs, moments, text, text)
def test_a_glance_tells_what_parsing_would(
    what: dict[str, Any], named: list[BlobRef], moment: Moment, kind: str, boot: str
) -> None:
    raw = encode(SESSION, EMPTY, moment, boot, kind, what, named)
    assert kind_at_a_glance(SESSION, EMPTY, raw) in (None, decode(raw).kind)
    assert has_no_blobs(raw) is (not named)


def test_a_glance_is_enough_for_the_records_that_we_write() -> None:
    after = Head(7, digest(b"before"))
    raw = encode(SESSION, after, NOW, "boot", "violation.start", {"kind": "x", "data": 1})
    assert kind_at_a_glance(SESSION, after, raw) == "violation.start"


def test_a_glance_is_not_deceived_by_what_a_record_holds() -> None:
    inside = {"a": 1, "kind": "heartbeat", "data": {}}
    raw = encode(SESSION, EMPTY, NOW, 'a","kind":"b","data":', 'odd"', inside)
    assert kind_at_a_glance(SESSION, EMPTY, raw) is None


@pytest.mark.parametrize("changes", [{"seq": 2}, {"prev": "1" * 64}, {"session": "other"}])
def test_what_does_not_follow_is_left_to_the_parser(changes: dict[str, Any]) -> None:
    assert kind_at_a_glance(SESSION, EMPTY, record(**changes)) is None


def test_fractions_can_be_left_out_and_nothing_else() -> None:
    told = {"seconds": 1.5, "n": 2, "text": "1.5", "e": 1e300}
    at = Moment(1, datetime(2026, 1, 1, tzinfo=UTC))
    raw = encode("s", EMPTY, at, "b", "gap", told)
    whole, quick = decode(raw), decode(raw, fractions=False)
    assert whole.data == told
    assert quick.data == {"seconds": 0.0, "n": 2, "text": "1.5", "e": 0.0}
    assert (quick.hash, quick.raw, quick.blobs) == (whole.hash, raw, whole.blobs)
    for wrong in (b'"session":1.5', b'"session":1e' + b"1" * 62):
        with pytest.raises(BrokenChain, match="session"):
            decode(raw.replace(b'"session":"s"', wrong), fractions=False)
