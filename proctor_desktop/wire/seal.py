"""Sealing: what is written can be read only by whoever holds a private key of the exam.

A sealed file is a header line and chunks. Its key is drawn for this one file, kept in memory only
and wrapped in the header for each recipient: HPKE (RFC 9180) with X25519, HKDF-SHA256 and
ChaCha20-Poly1305. Each chunk is encrypted by itself (ChaCha20-Poly1305) under a number that grows
by one, the last one marked as such, as in the STREAM construction (Hoang et al., CRYPTO 2015). So
what a crash leaves is a prefix of whole chunks that can be trusted, and known not to be all.

Two ways bind the file to one content. The header commits to the key, since ChaCha20-Poly1305 alone
lets one ciphertext open to two contents under two keys; and ``digest`` is the SHA-256 of a random
salt, which is the first chunk, and the content: it stands in the signed record.

    "proctor-seal/1 " + JSON + LF
    { length: u32, at_ms: u32, ciphertext: length bytes } ...      big-endian
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from proctor_desktop.core.chain import digest

MAGIC = b"proctor-seal/1 "
KEY_BYTES = SALT_BYTES = 32
CHUNK_HEADER = struct.Struct(">LL")
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
OVERHEAD_BYTES = 4096
"""More than the header, the salt and the last chunk take together for up to eight recipients."""

_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom a session's files are sealed to: raw X25519 public keys in hex; empty for nobody.

    Raises ValueError for what is no such key.
    """

    session: str
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in self.keys:
            check_key(key)

    def __bool__(self) -> bool:
        """Whether files are sealed at all."""
        return bool(self.keys)


def check_key(key: str) -> None:
    """Raise ValueError unless ``key`` is a public key (hex) that something can be sealed to."""
    public = X25519PublicKey.from_public_bytes(bytes.fromhex(key))
    X25519PrivateKey.generate().exchange(public)  # refuses the points that give no secret


class Sealer:
    """Makes one sealed file, chunk by chunk; ``header`` comes first.

    ``about`` stays readable for everybody, and whoever opens the file knows that nobody changed it.
    """

    def __init__(self, to: Recipients, media_type: str, about: Mapping[str, Any]) -> None:
        key, salt = os.urandom(KEY_BYTES), os.urandom(SALT_BYTES)
        self.header = _header(key, to, media_type, about)
        self._cipher = ChaCha20Poly1305(derived(key, b"chunks"))
        self._bound_to = hashlib.sha256(self.header).digest()
        self._number = 0
        self._content = hashlib.sha256()
        self.header += self.chunk(salt)

    @property
    def digest(self) -> str:
        """The salted hash (hex) of all that was sealed so far."""
        return self._content.hexdigest()

    def chunk(self, content: bytes, at_ms: int = 0, *, last: bool = False) -> bytes:
        """The next bytes of the file; ``at_ms`` is told to everybody, too."""
        nonce = nonce_of(self._number, last=last)
        head = CHUNK_HEADER.pack(len(content) + _TAG_BYTES, at_ms)
        self._number += 1
        self._content.update(content)
        return head + self._cipher.encrypt(nonce, content, self._bound_to + head)


def sealed(content: bytes, to: Recipients, media_type: str) -> tuple[bytes, str]:
    """A whole sealed file, and the salted hash of its content."""
    sealer = Sealer(to, media_type, {})
    return sealer.header + sealer.chunk(content, last=True), sealer.digest


def derived(key: bytes, purpose: bytes) -> bytes:
    """One of the keys that follow from a file's key."""
    return HKDFExpand(SHA256(), KEY_BYTES, MAGIC + purpose).derive(key)


def nonce_of(number: int, *, last: bool) -> bytes:
    """The nonce of the chunk with this number, from 0."""
    return number.to_bytes(11, "big") + bytes([last])


def wrapping_info(session: str, media_type: str) -> bytes:
    """What a wrapped key is bound to, besides its recipient."""
    return MAGIC + f"{session} {media_type}".encode()


def key_name(public_key: str) -> str:
    """A short name for a recipient's key (hex)."""
    return digest(bytes.fromhex(public_key))[:16]


def _header(key: bytes, to: Recipients, media_type: str, about: Mapping[str, Any]) -> bytes:
    info = wrapping_info(to.session, media_type)
    body = {
        "session": to.session,
        "type": media_type,
        "commitment": derived(key, b"commitment").hex(),
        "to": [{"key": key_name(one), "wrapped": _wrapped(key, one, info)} for one in to.keys],
        "about": dict(about),
    }
    return MAGIC + json.dumps(body, separators=(",", ":")).encode("ascii") + b"\n"


def _wrapped(key: bytes, recipient: str, info: bytes) -> str:
    public = X25519PublicKey.from_public_bytes(bytes.fromhex(recipient))
    return base64.b64encode(SUITE.encrypt(key, public, info)).decode("ascii")


def is_sealed(beginning: Iterable[int]) -> bool:
    """Whether a file that begins like this is a sealed one."""
    return bytes(beginning).startswith(MAGIC)
