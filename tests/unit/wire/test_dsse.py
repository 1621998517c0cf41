"""Signed envelopes."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.wire import dsse
from tests.fakes.sealed_session import key

SIGNER, STRANGER = key(1), key(2)
TRUSTED = [dsse.public_hex(SIGNER)]
ENVELOPE = dsse.sign_json(SIGNER, dsse.EXAM, {"id": "algebra-1"})


def changed(**fields: Any) -> bytes:
    """The good envelope with some fields changed."""
    return json.dumps({**json.loads(ENVELOPE), **fields}).encode()


def test_the_signed_bytes_are_those_of_the_published_protocol() -> None:
    encoded = dsse.pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_what_was_signed_comes_out_with_the_signers_name(payload: bytes, kind: str) -> None:
    opened = dsse.verify(dsse.sign(SIGNER, kind, payload), kind, TRUSTED)
    assert (opened.payload, opened.signer) == (payload, TRUSTED[0])


@given(st.integers(0, len(ENVELOPE) - 1), st.integers(1, 255))
def test_an_envelope_with_any_byte_changed_never_says_anything_else(at: int, flip: int) -> None:
    forged = bytearray(ENVELOPE)
    forged[at] ^= flip
    try:
        opened = dsse.verify(bytes(forged), dsse.EXAM, TRUSTED)
    except dsse.BadEnvelope:
        return
    assert opened.json() == {"id": "algebra-1"}


def test_a_strangers_signature_is_not_taken() -> None:
    with pytest.raises(dsse.BadEnvelope, match="no trusted key"):
        dsse.verify(ENVELOPE, dsse.EXAM, [dsse.public_hex(STRANGER)])
    with pytest.raises(dsse.BadEnvelope, match="no trusted key"):
        dsse.verify(ENVELOPE, dsse.EXAM, [])


def test_a_signature_for_one_purpose_is_not_taken_for_another() -> None:
    with pytest.raises(dsse.BadEnvelope, match=r"exam.*receipt"):
        dsse.verify(ENVELOPE, dsse.RECEIPT, TRUSTED)
    with pytest.raises(dsse.BadEnvelope, match="no trusted key"):
        dsse.verify(changed(payloadType=dsse.RECEIPT), dsse.RECEIPT, TRUSTED)


def test_the_keyid_is_a_hint_and_proves_nothing() -> None:
    body = json.loads(ENVELOPE)
    body["signatures"][0]["keyid"] = dsse.keyid(dsse.public_hex(STRANGER))
    assert dsse.verify(json.dumps(body).encode(), dsse.EXAM, TRUSTED).signer == TRUSTED[0]


def test_one_good_signature_among_others_is_enough() -> None:
    body = json.loads(ENVELOPE)
    body["signatures"].insert(0, {"keyid": "x", "sig": base64.b64encode(b"\0" * 64).decode()})
    body["signatures"].insert(0, {"keyid": "x", "sig": base64.b64encode(b"short").decode()})
    many = [dsse.public_hex(STRANGER), *TRUSTED]
    assert dsse.verify(json.dumps(body).encode(), dsse.EXAM, many).signer == TRUSTED[0]


@pytest.mark.parametrize("bad_key", ["", "zz", "00", "é" * 32, "00" * 32])
def test_a_trusted_key_that_is_none_trusts_nobody(bad_key: str) -> None:
    with pytest.raises(dsse.BadEnvelope):
        dsse.verify(ENVELOPE, dsse.EXAM, [bad_key])


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"[]",
        b"null",
        b"7",
        b"\xff",
        b"[" * 100_000,
        b"{}",
        changed(payload=None),
        changed(payload="not base64!"),
        changed(payload="é"),
        changed(payloadType=5),
        changed(signatures=None),
        changed(signatures=[{}]),
        changed(signatures=["sig"]),
        changed(signatures=[{"sig": 5}]),
        changed(signatures={"sig": "AA=="}),
    ],
)
def test_bytes_that_are_no_envelope_are_refused(envelope: bytes) -> None:
    with pytest.raises(dsse.BadEnvelope, match="not a signed envelope"):
        dsse.verify(envelope, dsse.EXAM, TRUSTED)
    with pytest.raises(dsse.BadEnvelope):
        dsse.peek(envelope)


@pytest.mark.parametrize("payload", [b"", b"\xff", b"[1]", b"5", b"[" * 100_000])
def test_a_payload_that_is_no_json_object_is_said_to_be_none(payload: bytes) -> None:
    opened = dsse.verify(dsse.sign(SIGNER, dsse.EXAM, payload), dsse.EXAM, TRUSTED)
    with pytest.raises(dsse.BadEnvelope, match="not"):
        opened.json()


def test_peeking_needs_no_key() -> None:
    forged = dsse.sign_json(STRANGER, dsse.EXAM, {"id": "forged"})
    assert dsse.peek(forged) == {"id": "forged"}


def test_numbers_that_json_does_not_have_are_not_signed() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        dsse.sign_json(SIGNER, dsse.EXAM, {"n": float("nan")})


def test_a_key_is_named_by_its_public_half() -> None:
    fresh = Ed25519PrivateKey.generate()
    assert dsse.public_hex(fresh) == dsse.public_hex(fresh.public_key())
    assert len(dsse.keyid(dsse.public_hex(fresh))) == 16


def test_what_is_no_text_is_refused_without_being_repeated() -> None:
    with pytest.raises(dsse.BadEnvelope, match="it is no text") as refused:
        dsse.peek(b"\xff" * 100_000)
    assert len(str(refused.value)) < 100


def test_an_envelope_has_one_layout() -> None:
    envelope = dsse.sign_json(key(1), dsse.CHECKPOINT, {"seq": 1})
    opened = dsse.verify(envelope, dsse.CHECKPOINT, [dsse.public_hex(key(1))])
    assert dsse.laid_out(dsse.CHECKPOINT, opened) == envelope
    spaced = envelope.replace(b",", b", ")
    again = dsse.verify(spaced, dsse.CHECKPOINT, [dsse.public_hex(key(1))])
    assert dsse.laid_out(dsse.CHECKPOINT, again) == envelope != spaced
