"""Keys as people compare them: a short name in groups of four."""

from __future__ import annotations

from proctor_desktop.wire.seal import key_name

_GROUP = 4


def fingerprint(public_key: str) -> str:
    """The short name of a public key (hex), of either kind, for reading aloud."""
    return grouped(key_name(public_key))


def grouped(name: str) -> str:
    """A key's short name in groups of four."""
    return " ".join(name[at : at + _GROUP] for at in range(0, len(name), _GROUP))
