"""Points of Ed25519 under which a signature proves nothing.

The curve has eight points of small order. Under such a "public key" anybody can make signatures
that hold, without a private key: RFC 8032 leaves it to the verifier to refuse them, libsodium does
(crypto_sign_ed25519), OpenSSL does not. We refuse what libsodium refuses: such points as a key and
as the first half of a signature, and keys that do not stand in their one canonical form.
"""

from __future__ import annotations

from typing import Final

KEY_BYTES: Final = 32

_FIELD: Final = 2**255 - 19
_Y_BITS: Final = 2**255 - 1
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER: Final = frozenset((0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8))
"""Their y: a point and its negative share it."""


def is_weak(encoded: bytes) -> bool:
    """Whether 32 bytes that stand for a point are of small order or not canonical."""
    y = int.from_bytes(encoded, "little") & _Y_BITS
    return y >= _FIELD or y in _SMALL_ORDER
