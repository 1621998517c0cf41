"""Which 32 bytes X25519 can have made."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.wire.curve25519 import may_be_x25519


@given(st.binary(min_size=32, max_size=32))
def test_every_key_that_x25519_makes_passes(private: bytes) -> None:
    key = X25519PrivateKey.from_private_bytes(private)
    assert may_be_x25519(key.public_key().public_bytes_raw())


def test_of_the_keys_for_signing_nearly_all_are_refused() -> None:
    made = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(256))
    passed = sum(may_be_x25519(one.public_key().public_bytes_raw()) for one in made)
    assert passed == 6, "one in 32 or so; these are always the same keys"


@pytest.mark.parametrize(
    "u",
    [
        0,  # of order 2
        1,  # of order 4
        325606250916557431795983626356110631294008115727848805560023387167927233504,  # of order 8
        2,  # on the twist
        2**255 - 19 + 9,  # the base point, written otherwise
        2**255 + 9,  # the base point with a sign
    ],
)
def test_points_that_no_key_can_be_are_refused(u: int) -> None:
    assert not may_be_x25519(u.to_bytes(32, "little"))


def test_the_base_point_passes() -> None:
    assert may_be_x25519((9).to_bytes(32, "little"))
