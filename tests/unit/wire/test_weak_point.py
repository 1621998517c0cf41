from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import crypto_core_ed25519_is_valid_point

from proctor_desktop.wire.weak_point import is_weak

FIELD = 2**255 - 19
D = -121665 * pow(121666, -1, FIELD) % FIELD


def encoded(y: int, sign: int = 0) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


def of_small_order() -> set[int]:
    """The y of the points whose double has y = 0, 1 or -1: d*y^4 + 2*y^2 - 1 = 0, and those."""
    found = {0, 1, FIELD - 1}
    for root in roots(1 + D):
        for y in roots((root - 1) * pow(D, -1, FIELD)):
            found.add(y)
    return found


def roots(square: int) -> list[int]:
    square %= FIELD
    root = pow(square, (FIELD + 3) // 8, FIELD)
    if (root * root - square) % FIELD:
        root = root * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    return [root, FIELD - root] if (root * root - square) % FIELD == 0 else []


def test_all_points_of_small_order_are_weak() -> None:
    assert len(of_small_order()) == 5
    for y in of_small_order():
        assert is_weak(encoded(y))
        assert is_weak(encoded(y, sign=1))


@pytest.mark.parametrize("y", [FIELD, FIELD + 1, 2**255 - 1])
def test_what_is_not_canonical_is_weak(y: int) -> None:
    assert is_weak(encoded(y))


@given(st.binary(min_size=32, max_size=32))
def test_keys_are_not(seed: bytes) -> None:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    assert not is_weak(public)
    assert crypto_core_ed25519_is_valid_point(public)
