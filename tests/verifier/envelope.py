"""DSSE envelopes, opened with PyNaCl."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import VerifyKey

from tests.verifier.container import Refused, need
from tests.verifier.json_text import parse

TYPE = "application/vnd.proctor-desktop.{}+json"


@dataclass(frozen=True)
class Letter:
    """An envelope as it says it is."""

    kind: str
    payload: bytes
    signatures: list[bytes]

    def body(self) -> dict[str, Any]:
        """The payload; nobody has checked who signed it."""
        found = parse(self.payload)
        need(isinstance(found, dict), "payload is no object")
        return dict(found)


def read(raw: bytes) -> Letter:
    """Take an envelope apart."""
    outer = parse(raw)
    need(isinstance(outer, dict), "envelope is no object")
    signatures = outer.get("signatures")
    need(isinstance(signatures, list) and isinstance(outer.get("payloadType"), str), "envelope")
    need(all(isinstance(one, dict) for one in signatures), "signatures")
    return Letter(
        outer["payloadType"],
        _bytes(outer.get("payload")),
        [_bytes(one.get("sig")) for one in signatures],
    )


def opened(raw: bytes, kind: str, keys: Iterable[str], *, strict: bool = True) -> dict[str, Any]:
    """The payload, if one of ``keys`` signed it as this kind, and if it is laid out as due."""
    letter = read(raw)
    need(letter.kind == TYPE.format(kind), "other kind of envelope")
    name = letter.kind.encode()
    message = b" ".join(
        (b"DSSEv1", b"%d" % len(name), name, b"%d" % len(letter.payload), letter.payload)
    )
    for key in keys:
        if any(_holds(key, message, signature) for signature in letter.signatures):
            need(not strict or _is_laid_out(raw, letter, key), "the envelope's layout")
            return letter.body()
    raise Refused("nobody who may has signed it")


def _is_laid_out(raw: bytes, letter: Letter, key: str) -> bool:
    """Whether the envelope is byte for byte the one that signing makes."""
    name = hashlib.sha256(bytes.fromhex(key)).hexdigest()[:16]
    due = '{"payloadType":"%s","payload":"%s","signatures":[{"keyid":"%s","sig":"%s"}]}' % (  # noqa: UP031
        letter.kind,
        base64.b64encode(letter.payload).decode(),
        name,
        base64.b64encode(letter.signatures[0]).decode(),
    )
    return raw == due.encode()


def _bytes(text: object) -> bytes:
    need(isinstance(text, str), "base64")
    try:
        return base64.b64decode(str(text).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError) as problem:
        raise Refused("base64") from problem


def _holds(key: str, message: bytes, signature: bytes) -> bool:
    try:
        VerifyKey(bytes.fromhex(key)).verify(message, signature)
    except (BadSignatureError, CryptoError, ValueError):
        return False
    return True
