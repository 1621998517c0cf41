"""Telling a public key that X25519 has made from any other 32 bytes, as far as that can be told.

X25519 makes multiples of its base point, and these have what other numbers need not have: they lie
on Curve25519, as every second number does, the rest being on its twist; they are in the subgroup of
prime order, as one in eight of the curve's points is (RFC 7748); and their highest bit is 0, which
is a sign in an Ed25519 key. So one of those, which look the same, passes once in 32 times.
"""

from __future__ import annotations

_P = 2**255 - 19
_A = 486662
_ORDER = 2**252 + 27742317777372353535851937790883648493


def may_be_x25519(public: bytes) -> bool:
    """Whether X25519 can have made this public key from any private one."""
    u = int.from_bytes(public, "little")
    return u < _P and _on_curve(u) and _ends_at_infinity(u)


def _on_curve(u: int) -> bool:
    """Whether there is a v with v² = u³ + Au² + u, by Euler's criterion."""
    return pow(u * (u * u + _A * u + 1), (_P - 1) // 2, _P) == 1


def _ends_at_infinity(u: int) -> bool:
    """Whether the point at u, times the prime order, is none: the ladder of RFC 7748, section 5."""
    x2, z2, x3, z3 = 1, 0, u, 1
    for place in reversed(range(_ORDER.bit_length())):
        if odd := _ORDER >> place & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
        (x2, z2), (x3, z3) = _doubled(x2, z2), _added(u, x2, z2, x3, z3)
        if odd:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return z2 == 0


def _doubled(x: int, z: int) -> tuple[int, int]:
    plus, minus = (x + z) ** 2 % _P, (x - z) ** 2 % _P
    difference = plus - minus
    return plus * minus % _P, difference * (plus + (_A - 2) // 4 * difference) % _P


def _added(u: int, x2: int, z2: int, x3: int, z3: int) -> tuple[int, int]:
    """The sum of two points whose difference is the one at ``u``."""
    da, cb = (x3 - z3) * (x2 + z2), (x3 + z3) * (x2 - z2)
    return (da + cb) ** 2 % _P, u * (da - cb) ** 2 % _P
