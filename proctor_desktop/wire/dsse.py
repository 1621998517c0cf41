"""Signed envelopes: DSSE 1.0 with Ed25519.

The signature covers the payload's exact bytes and its type (the PAE of the DSSE protocol,
https://github.com/secure-systems-lab/dsse), so nothing depends on how JSON is laid out. ``keyid``
is a hint for finding the key; it proves nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from proctor_desktop.core import strict_json
from proctor_desktop.core.chain import digest
from proctor_desktop.wire.weak_point import KEY_BYTES, is_weak

EXAM = "application/vnd.proctor-desktop.exam+json"
ENROL = "application/vnd.proctor-desktop.enrol+json"
DELEGATION = "application/vnd.proctor-desktop.delegation+json"
CHECKPOINT = "application/vnd.proctor-desktop.checkpoint+json"
RECEIPT = "application/vnd.proctor-desktop.receipt+json"
MANIFEST = "application/vnd.proctor-desktop.manifest+json"

_KEYID_CHARS = 16


class BadEnvelope(ValueError):
    """Bytes that are no envelope, or one whose signature does not hold."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A verified envelope: its payload's bytes, the public key that signed it (hex), and how."""

    payload: bytes
    signer: str
    signature: bytes

    def json(self) -> dict[str, Any]:
        """The payload as a JSON object; raises BadEnvelope if it is none."""
        try:
            body = strict_json.loads(self.payload)
        except ValueError as problem:
            raise BadEnvelope(f"the signed payload is not JSON: {problem}") from problem
        if not isinstance(body, dict):
            raise BadEnvelope("the signed payload is not a JSON object")
        return body


def public_hex(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """The raw public key in hex: the form in which keys are named everywhere."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes_raw().hex()


def keyid(public_key: str) -> str:
    """A short name for a public key (hex): the start of the SHA-256 of its bytes."""
    return digest(bytes.fromhex(public_key))[:_KEYID_CHARS]


def sign_json(key: Ed25519PrivateKey, payload_type: str, body: Mapping[str, Any]) -> bytes:
    """An envelope over ``body`` laid out compactly."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return sign(key, payload_type, text.encode("utf-8"))


def sign(key: Ed25519PrivateKey, payload_type: str, payload: bytes) -> bytes:
    """An envelope (JSON bytes) over ``payload`` with one signature."""
    signature = key.sign(pre_authentication_encoding(payload_type, payload))
    return laid_out(payload_type, Opened(payload, public_hex(key), signature))


def laid_out(payload_type: str, opened: Opened) -> bytes:
    """The bytes that :func:`sign` makes of these parts: the one layout that we write."""
    envelope = {
        "payloadType": payload_type,
        "payload": base64.b64encode(opened.payload).decode("ascii"),
        "signatures": [
            {
                "keyid": keyid(opened.signer),
                "sig": base64.b64encode(opened.signature).decode("ascii"),
            }
        ],
    }
    return json.dumps(envelope, separators=(",", ":")).encode("ascii")


def verify(envelope: bytes, payload_type: str, trusted: Iterable[str]) -> Opened:
    """Open ``envelope`` if one of the ``trusted`` public keys (hex) signed it as ``payload_type``.

    Raises BadEnvelope, saying which of form, type or signature is wrong.
    """
    stated_type, payload, signatures = _parse(envelope)
    if stated_type != payload_type:
        raise BadEnvelope(f"the envelope holds {stated_type!r}, not {payload_type!r}")
    message = pre_authentication_encoding(payload_type, payload)
    for public_key in trusted:
        for signature in signatures:
            if _holds(public_key, signature, message):
                return Opened(payload, public_key, signature)
    raise BadEnvelope("no trusted key signed it")


def peek(envelope: bytes) -> dict[str, Any]:
    """The payload of an envelope *without* checking who signed it.

    Only for finding out which key to verify with; what it returns must not be believed.
    """
    return Opened(_parse(envelope)[1], "", b"").json()


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed: DSSE's PAE."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _parse(envelope: bytes) -> tuple[str, bytes, list[bytes]]:
    try:
        body = strict_json.loads(envelope)
        signatures = [base64.b64decode(s["sig"], validate=True) for s in body["signatures"]]
        payload = base64.b64decode(body["payload"], validate=True)
        stated_type = body["payloadType"]
    except UnicodeDecodeError as problem:  # it carries the whole file along
        raise BadEnvelope("not a signed envelope: it is no text") from problem
    except (ValueError, KeyError, TypeError, binascii.Error) as problem:
        raise BadEnvelope(f"not a signed envelope: {problem!r}") from problem
    if not isinstance(stated_type, str):
        raise BadEnvelope("not a signed envelope: payloadType is no string")
    return stated_type, payload, signatures


def _holds(public_key: str, signature: bytes, message: bytes) -> bool:
    try:
        raw = bytes.fromhex(public_key)
        if is_weak(raw) or is_weak(signature[:KEY_BYTES]):
            return False
        key = Ed25519PublicKey.from_public_bytes(raw)
        key.verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
