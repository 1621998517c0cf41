"""Opening sealed files, and telling without any key how far one reaches.

Everything in a file is taken for hostile: sizes are checked before anything is read, and no byte of
content is handed on before its chunk has been authenticated.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from proctor_desktop.wire.seal import (
    CHUNK_HEADER,
    MAGIC,
    SALT_BYTES,
    SUITE,
    derived,
    key_name,
    nonce_of,
    wrapping_info,
)

MAX_HEADER_BYTES = 8 * 1024
MAX_CHUNK_BYTES = 4 * 1024 * 1024


class BadSeal(ValueError):
    """A file that is no sealed one, was changed, or is sealed to somebody else."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a sealed file says about itself to everybody; ``raw`` are its bytes."""

    session: str
    type: str
    commitment: str
    wrapped: tuple[tuple[str, bytes], ...]
    about: dict[str, Any]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a file's whole chunks reach, behind the salt: as lengths say, nothing is opened.

    ``times_ms`` has the time of each chunk; ``end_bytes`` is where the last whole one ends.
    """

    header: Header
    times_ms: tuple[int, ...]
    end_bytes: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The content, whether all of it is there, and its salted hash (hex) as far as it is there."""

    content: bytes
    complete: bool
    digest: str


def open_sealed(file: bytes, keys: Iterable[X25519PrivateKey]) -> Opened:
    """Open a sealed file with the first of ``keys`` that it is sealed to; raises BadSeal.

    A file that ends behind a whole chunk, but not the last one, opens as far as it goes; one that
    ends within a chunk does so without that chunk.
    """
    source = io.BytesIO(file)
    header = read_header(source)
    key = _unwrapped(header, keys)
    cipher = ChaCha20Poly1305(derived(key, b"chunks"))
    bound_to = hashlib.sha256(header.raw).digest()
    pieces: list[bytes] = []
    complete = False
    for number, (head, ciphertext) in enumerate(_chunks(source)):
        if complete:
            raise BadSeal("something was added behind its end")
        content, complete = _opened(cipher, number, ciphertext, bound_to + head)
        pieces.append(content)
    if not pieces or len(pieces[0]) != SALT_BYTES:
        raise BadSeal("it has no salt")
    whole = hashlib.sha256(b"".join(pieces)).hexdigest()
    return Opened(b"".join(pieces[1:]), complete, whole)


def extent(source: BinaryIO) -> Extent:
    """How far the file at ``source`` reaches, read without keys; raises BadSeal."""
    header = read_header(source)
    end, times = source.tell(), list[int]()
    for head, _ in _chunks(source):
        end = source.tell()
        times.append(CHUNK_HEADER.unpack(head)[1])
    return Extent(header, tuple(times[1:]), end)


def read_header(source: BinaryIO) -> Header:
    """The header at the beginning of ``source``; raises BadSeal."""
    raw = source.readline(MAX_HEADER_BYTES)
    if not raw.startswith(MAGIC) or not raw.endswith(b"\n"):
        raise BadSeal("it does not begin like a sealed file")
    try:
        body = json.loads(raw[len(MAGIC) :].decode("ascii"))
        wrapped = tuple(
            (str(one["key"]), base64.b64decode(one["wrapped"], validate=True)) for one in body["to"]
        )
        session, media_type, commitment = (
            str(body[name]) for name in ("session", "type", "commitment")
        )
        about = dict(body["about"])
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as problem:
        raise BadSeal("its header cannot be read") from problem
    return Header(session, media_type, commitment, wrapped, about, raw)


def _chunks(source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Each whole chunk, as its head and its ciphertext."""
    while len(head := source.read(CHUNK_HEADER.size)) == CHUNK_HEADER.size:
        length, _ = CHUNK_HEADER.unpack(head)
        if length > MAX_CHUNK_BYTES:
            raise BadSeal("one of its chunks is larger than any may be")
        ciphertext = source.read(length)
        if len(ciphertext) < length:
            return
        yield head, ciphertext


def _opened(
    cipher: ChaCha20Poly1305, number: int, ciphertext: bytes, bound_to: bytes
) -> tuple[bytes, bool]:
    for last in (False, True):
        try:
            return cipher.decrypt(nonce_of(number, last=last), ciphertext, bound_to), last
        except InvalidTag:
            continue
    raise BadSeal(f"chunk {number} was changed, or stood elsewhere")


def _unwrapped(header: Header, keys: Iterable[X25519PrivateKey]) -> bytes:
    """The file's key; a key that the header does not commit to is not taken."""
    info = wrapping_info(header.session, header.type)
    wrapped = dict(header.wrapped)
    for private in keys:
        mine = wrapped.get(key_name(private.public_key().public_bytes_raw().hex()))
        if mine is None:
            continue
        try:
            key: bytes = SUITE.decrypt(mine, private, info)
        except (InvalidTag, ValueError) as problem:
            raise BadSeal("its key cannot be unwrapped: the header was changed") from problem
        if derived(key, b"commitment").hex() != header.commitment:
            raise BadSeal("its header commits to another key")
        return key
    raise BadSeal("it is sealed to other keys than the ones given")
