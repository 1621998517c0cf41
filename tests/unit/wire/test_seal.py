from __future__ import annotations

import hashlib
import io

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core.media_type import JPEG, MP4
from proctor_desktop.wire.seal import (
    CHUNK_HEADER,
    OVERHEAD_BYTES,
    SALT_BYTES,
    Recipients,
    Sealer,
    check_key,
    is_sealed,
    sealed,
)
from proctor_desktop.wire.unseal import BadSeal, extent, open_sealed

SESSION = "11111111-1111-4111-8111-111111111111"
INSTITUTION, ESCROW, STRANGER = (X25519PrivateKey.generate() for _ in range(3))


def public(key: X25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


TO = Recipients(SESSION, (public(INSTITUTION), public(ESCROW)))


@pytest.mark.parametrize("key", [INSTITUTION, ESCROW])
def test_either_recipient_can_open_it(key: X25519PrivateKey) -> None:
    file, digest = sealed(b"a face", TO, JPEG)
    opened = open_sealed(file, [STRANGER, key])
    assert (opened.content, opened.complete, opened.digest) == (b"a face", True, digest)


def test_nobody_else_can() -> None:
    with pytest.raises(BadSeal, match="other keys"):
        open_sealed(sealed(b"a face", TO, JPEG)[0], [STRANGER])


def test_nothing_of_the_content_can_be_read_in_it() -> None:
    content = b"a face that everybody knows"
    file, digest = sealed(content, TO, JPEG)
    assert content not in file
    assert digest != hashlib.sha256(content).hexdigest()
    assert sealed(content, TO, JPEG)[1] != digest


def test_it_takes_little_more_room() -> None:
    many = Recipients(SESSION, tuple(public(X25519PrivateKey.generate()) for _ in range(8)))
    assert len(sealed(b"", many, JPEG)[0]) < OVERHEAD_BYTES


@given(st.integers(0), st.integers(0, 7))
def test_whatever_bit_is_changed_it_does_not_open(place: int, bit: int) -> None:
    file = bytearray(sealed(b"a face", TO, JPEG)[0])
    file[place % len(file)] ^= 1 << bit
    try:
        opened = open_sealed(bytes(file), [INSTITUTION])
    except BadSeal:
        return
    assert not opened.complete  # a length that grew: read as cut off before that chunk
    assert not opened.content


def film(chunks: int, *, ended: bool = True) -> bytes:
    sealer = Sealer(TO, MP4, {"started": "now"})
    file = sealer.header
    for number in range(chunks):
        file += sealer.chunk(bytes([number]) * 10, number * 1000)
    return file + (sealer.chunk(b"", chunks * 1000, last=True) if ended else b"")


def test_what_a_crash_leaves_opens_up_to_its_last_whole_chunk() -> None:
    file = film(3, ended=False)
    opened = open_sealed(file[:-1], [ESCROW])
    assert (opened.content, opened.complete) == (bytes(10) + b"\1" * 10, False)
    assert not open_sealed(file, [ESCROW]).complete


def test_everybody_can_tell_how_far_it_reaches() -> None:
    file = film(3, ended=False)
    found = extent(io.BytesIO(file[:-1]))
    assert (found.header.session, found.header.type) == (SESSION, MP4)
    assert found.header.about == {"started": "now"}
    assert found.times_ms == (0, 1000)
    assert open_sealed(file[: found.end_bytes], [ESCROW]).content == bytes(10) + b"\1" * 10


def chunks_of(file: bytes) -> list[bytes]:
    begin = file.index(b"\n") + 1
    found = [file[:begin]]
    while begin < len(file):
        end = begin + CHUNK_HEADER.size + CHUNK_HEADER.unpack_from(file, begin)[0]
        found.append(file[begin:end])
        begin = end
    return found


@pytest.mark.parametrize(
    "order", [(0, 1, 3, 2, 4), (0, 1, 2, 4), (0, 1, 2, 2, 3, 4), (0, 1, 2, 3, 4, 4), (0, 2, 3, 4)]
)
def test_chunks_cannot_be_moved_dropped_repeated_or_added(order: tuple[int, ...]) -> None:
    parts = chunks_of(film(2))
    parts = [*parts, parts[-1]]
    with pytest.raises(BadSeal):
        open_sealed(b"".join(parts[number] for number in order), [INSTITUTION])


def test_a_time_that_was_changed_is_noticed() -> None:
    parts = chunks_of(film(2))
    parts[2] = parts[2][:4] + b"\0\0\0\1" + parts[2][8:]
    with pytest.raises(BadSeal, match="chunk 1"):
        open_sealed(b"".join(parts), [INSTITUTION])


def test_a_file_of_another_session_does_not_open_in_its_place() -> None:
    file = sealed(b"a face", TO, JPEG)[0].replace(SESSION.encode(), SESSION[::-1].encode())
    with pytest.raises(BadSeal):
        open_sealed(file, [INSTITUTION])


@pytest.mark.parametrize("key", ["", "00" * 31, "zz" * 32, "00" * 32])
def test_a_key_that_nothing_can_be_sealed_to_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        check_key(key)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_do_more_than_be_refused(file: bytes) -> None:
    for begins in (b"", b"proctor-seal/1 "):
        with pytest.raises(BadSeal):
            open_sealed(begins + file, [INSTITUTION])
        with pytest.raises(BadSeal):
            extent(io.BytesIO(begins + file))


def test_a_sealed_file_is_known_by_its_beginning() -> None:
    assert is_sealed(sealed(b"", TO, JPEG)[0][:20])
    assert not is_sealed(b"\xff\xd8\xff")
    assert not Recipients(SESSION)
    assert SALT_BYTES == 32
