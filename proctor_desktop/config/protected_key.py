"""A private key under a passphrase, as a standard file that OpenSSL opens, too (PKCS #8, RFC 8018).

``cryptography`` would derive the file's key with 2048 rounds of PBKDF2, which a graphics card tries
by the million a second. This is the same format with scrypt (RFC 7914), which wants 16 MB of memory
for every guess.
"""

from __future__ import annotations

import base64
import os
import textwrap

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7

SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 1
"""The most that OpenSSL's own command takes without being told."""

_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_SCRYPT = bytes.fromhex("06092b06010401da47040b")
_AES256_CBC = bytes.fromhex("060960864801650304012a")
_SEQUENCE, _OCTETS, _INTEGER = 0x30, 0x04, 0x02
_LONG_FORM = 0x80
_BLOCK_BYTES, _SALT_BYTES, _KEY_BYTES = 16, 16, 32


def protected(pkcs8: bytes, passphrase: bytes) -> bytes:
    """The private key (PKCS #8, DER) as PEM that only ``passphrase`` opens."""
    salt, vector = os.urandom(_SALT_BYTES), os.urandom(_BLOCK_BYTES)
    key = Scrypt(salt, _KEY_BYTES, SCRYPT_N, SCRYPT_R, SCRYPT_P).derive(passphrase)
    padder = PKCS7(_BLOCK_BYTES * 8).padder()
    encryptor = Cipher(AES256(key), CBC(vector)).encryptor()
    content = encryptor.update(padder.update(pkcs8) + padder.finalize()) + encryptor.finalize()
    costs = b"".join(_integer(cost) for cost in (SCRYPT_N, SCRYPT_R, SCRYPT_P))
    derivation = _der(_SEQUENCE, _SCRYPT, _der(_SEQUENCE, _der(_OCTETS, salt), costs))
    cipher = _der(_SEQUENCE, _AES256_CBC, _der(_OCTETS, vector))
    algorithm = _der(_SEQUENCE, _PBES2, _der(_SEQUENCE, derivation, cipher))
    return _pem(_der(_SEQUENCE, algorithm, _der(_OCTETS, content)))


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    length = bytes([len(body)])
    if len(body) >= _LONG_FORM:
        digits = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
        length = bytes([_LONG_FORM | len(digits)]) + digits
    return bytes([tag]) + length + body


def _integer(value: int) -> bytes:
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _pem(der: bytes) -> bytes:
    lines = textwrap.wrap(base64.b64encode(der).decode("ascii"), 64)
    name = "ENCRYPTED PRIVATE KEY"
    text = "\n".join([f"-----BEGIN {name}-----", *lines, f"-----END {name}-----", ""])
    return text.encode("ascii")
